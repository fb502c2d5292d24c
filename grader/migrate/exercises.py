"""An exercise from a question's tests: solution, probe, criteria and fixtures, recorded at once."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
import torch

from grader.authoring.record.fixtures import build_fixtures
from grader.authoring.record.recording import error_in_words, load_solution
from grader.course.folder import open_course
from grader.grading.in_process import load_probe
from grader.migrate.assertions import Converted, defined_names, imports_of
from grader.migrate.question import TestCell
from grader.migrate.references import Piece, write_pieces
from grader.migrate.running import quiet_surroundings
from grader.model.errors import CourseError

_PROBE = '''"""Runs the tests of {name}. Generated; what an assertion compares is recorded, and judged elsewhere."""

{imports}

{functions}

TESTS = {{{table}}}


def cases(generator):
    for name in TESTS:
        yield Case(name)


def probe(entry, case, see):
    TESTS[case.name](entry, see)
'''


class _GivesNoneError(CourseError):
    """The right answer of a test is None, or the solution is not written."""


@dataclass(frozen=True)
class Draft:
    """What an exercise is made of."""

    id: str
    name: str  # of the question
    title: str
    notebook: str  # its file name without suffix
    solution: str  # code of the question itself
    before: str  # code that runs before it
    redefined: frozenset[str]  # names that code further down defines, so that submissions hold another thing
    tests: Sequence[TestCell]  # plain Python


def write_exercise(folder: Path, draft: Draft, reference: Sequence[Piece]) -> list[str]:
    """Write and record it. Returns the assertions that the submission's own process judges.

    Raises CourseError where the tests cannot be brought over; nothing of the exercise is left then.
    """
    folder = folder.resolve()
    try:
        with quiet_surroundings():
            return _write(folder, draft, reference)
    except (CourseError, SystemExit) as error:
        for room in ("solutions", "fixtures"):
            shutil.rmtree(folder / room / draft.id, ignore_errors=True)
        (folder / "rubrics" / f"{draft.id}.toml").unlink(missing_ok=True)
        raise CourseError("its code ends Python" if isinstance(error, SystemExit) else str(error)) from None


def hand_out(folder: Path, id_: str, reference: Sequence[Piece]) -> None:
    """Write an exercise's solution anew, with more for students around it, and record it with that."""
    folder = folder.resolve()
    write_pieces(folder / "solutions" / id_ / "reference.py", reference)
    with quiet_surroundings():
        build_fixtures(open_course(folder), [id_])


def _write(folder: Path, draft: Draft, reference: Sequence[Piece]) -> list[str]:
    callables, variables = defined_names(draft.solution)
    before, settings = defined_names(draft.before)
    converted = {test.name: Converted(test.code, (*callables, *variables)) for test in draft.tests}
    used = set[str]().union(*(test.names for test in converted.values()))
    asked = [name for name in callables if name in used] or [name for name in variables if name in used]
    if not asked or (asked[0] not in callables and len(asked) > 1):
        raise CourseError("its tests name no single function, class or variable of the solution")
    others = [n for n in (*callables, *before, *variables, *settings) if n in used and n != asked[0]]
    also = list(dict.fromkeys(others)) if asked[0] in callables else []
    if changed := [name for name in (asked[0], *also) if name in draft.redefined]:
        raise CourseError(f"its tests look at {changed[0]}, which is defined anew further down")
    write_pieces(folder / "solutions" / draft.id / "reference.py", reference)
    _write_probe(folder, draft, asked[0], also, converted, strict=True)
    rubric: dict[str, Any] = {"title": draft.title, "entry": asked[0], "also": also, "files": [f"{draft.notebook}.*"]}
    rubric["released"] = not any(test.hidden for test in draft.tests)
    _write_criteria(folder, draft, rubric, {})
    try:
        shown = _shown_by_reference(folder, draft.id)
    except _GivesNoneError:
        _write_probe(folder, draft, asked[0], also, converted, strict=False)
        shown = _shown_by_reference(folder, draft.id)
    _write_criteria(folder, draft, rubric, shown)
    build_fixtures(open_course(folder), [draft.id])
    return [f"{name}: judged by the submission's own process: {c}" for name, t in converted.items() for c in t.claims]


def _shown_by_reference(folder: Path, id_: str) -> dict[str, tuple[bool, bool]]:
    """For each test, whether the solution shows tensors, and whether facts; raises CourseError where it fails."""
    exercise = open_course(folder).exercise(id_)
    probe = load_probe(exercise)
    entry = load_solution(probe, exercise.reference).entry
    shown = {}
    for case in probe.draw_cases(0):
        seen = probe.observe(entry, case, torch.float64)
        if seen.error is not None and seen.error.type == NotImplementedError.__name__:
            raise _GivesNoneError(f"the solution itself {error_in_words(seen)} in test {case.name!r}")
        if seen.error is not None:
            raise CourseError(f"the solution itself {error_in_words(seen)} in test {case.name!r}")
        shown[case.name] = bool(seen.tensors), bool(seen.facts)
    return shown


def _write_criteria(folder: Path, draft: Draft, rubric: dict[str, Any], shown: Mapping[str, tuple[bool, bool]]) -> None:
    criteria: list[dict[str, Any]] = []
    for number, test in enumerate(draft.tests, start=1):
        tensors, facts = shown.get(test.name, (False, True))
        id_ = re.sub(r"[^a-z0-9]+", "-", test.name.lower()).strip("-")
        taken = {criterion["id"] for criterion in criteria}
        criterion: dict[str, Any] = {"id": f"{id_}-{number}" if not id_ or id_ in taken else id_}
        criterion["title"] = f"passes {test.name}"
        criterion["check"] = "value_matches" if tensors else "fact_matches"
        criterion |= {"tensors": ["*"]} if tensors else {}
        criterion |= {"facts": ["*"]} if facts else {}
        criteria.append(criterion | {"cases": [test.name], "weight": test.points})
    path = folder / "rubrics" / f"{draft.id}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps({**rubric, "criteria": criteria}), encoding="utf-8")


def _write_probe(
    folder: Path,
    draft: Draft,
    entry: str,
    also: Sequence[str],
    converted: Mapping[str, Converted],
    *,
    strict: bool,
) -> None:
    """With `strict`, an entry that gives None is told as not written."""
    is_code = entry in defined_names(draft.solution)[0]
    imports = ["from grader.probes.probing import Case" + (", defined_with" if also else "")]
    guard = "written" if is_code else "a_value"
    imports += [f"from grader.probes.written import {guard}"] if strict else []
    imports += imports_of("\n".join([draft.before, draft.solution]))
    first = f"{guard}(entry)" if strict else "entry"
    functions, table = [], []
    for number, (test, conversion) in enumerate(converted.items(), start=1):
        lines = [f"{other} = defined_with(entry, {other!r})" for other in also]
        lines += [f"{entry} = {first}"] if entry != first else []
        body = "\n".join(f"    {line}" for line in [*lines, *conversion.code.splitlines()])
        functions.append(f"def test_{number}(entry, see):\n{body}\n")
        table.append(f"{test!r}: test_{number}")
    path = folder / "fixtures" / draft.id / "probe.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _PROBE.format(
        name=draft.name.replace("\\", "/").replace('"', "'"),
        imports="\n".join(dict.fromkeys(imports)),
        functions="\n\n".join(functions),
        table=", ".join(table),
    )
    path.write_text(text, encoding="utf-8")
