"""An exercise from a question's tests: solution, probe, criteria and fixtures, recorded at once."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import tomlkit
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.authoring.record.fixtures import build_fixtures
from grader.authoring.record.recording import load_solution
from grader.course.folder import open_course
from grader.grading.in_process import in_one_line, load_probe
from grader.migrate.assertions import Converted, defined_names, imports_of
from grader.migrate.notebooks import plain, quiet_surroundings
from grader.migrate.question import Question, TestCell
from grader.model.errors import CourseError
from grader.model.observation import Observation

_PROBE = '''"""Runs the tests of {name}. Generated; what an assertion compares is recorded, and judged elsewhere."""

{imports}

{functions}

TESTS = {{{table}}}


def cases(generator):
    for name in TESTS:
        yield Case(name)


def probe(entry, case, see):
    with tests_raise():
        TESTS[case.name](entry, see)
'''


@dataclass(frozen=True)
class Draft:
    """What an exercise is made of."""

    id: str
    question: Question
    notebook: str  # its file name without suffix
    before: Sequence[str]  # code that runs before it
    redefined: frozenset[str]  # names that code further down defines, so that submissions hold another thing
    tests: Sequence[TestCell]  # plain Python


def write_exercise(folder: Path, draft: Draft) -> list[str]:
    """Write and record it. Returns the assertions that the submission's own process judges.

    Raises CourseError where the tests cannot be brought over; nothing of the exercise is left then.
    """
    folder = folder.resolve()
    try:
        with quiet_surroundings():
            return _write(folder, draft)
    except (CourseError, SystemExit) as error:
        for room in ("solutions", "fixtures"):
            shutil.rmtree(folder / room / draft.id, ignore_errors=True)
        (folder / "rubrics" / f"{draft.id}.toml").unlink(missing_ok=True)
        raise CourseError("its code ends Python" if isinstance(error, SystemExit) else str(error)) from None


def write_cells(path: Path, cells: Sequence[Any]) -> None:
    """Write a notebook's cells in percent format."""
    notebook = new_notebook(cells=cells, metadata={"jupytext": {"notebook_metadata_filter": "-all"}})
    write_text(path, jupytext.writes(notebook, fmt="py:percent"))


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write(folder: Path, draft: Draft) -> list[str]:
    for reason in (plain(cell.solved).error for cell in draft.question.cells if cell.kind == "code"):
        if reason:
            raise CourseError(f"its solution: {reason}")
    callables, variables = defined_names(draft.question.code)
    before, settings = defined_names("\n".join(draft.before))
    converted = {test.name: Converted(test.code, (*callables, *variables)) for test in draft.tests}
    used = set[str]().union(*(test.names for test in converted.values()))
    asked = [name for name in callables if name in used] or [name for name in variables if name in used]
    if not asked or (asked[0] not in callables and len(asked) > 1):
        raise CourseError("its tests name no single function, class or variable of the solution")
    others = [n for n in (*callables, *before, *variables, *settings) if n in used and n != asked[0]]
    also = list(dict.fromkeys(others)) if asked[0] in callables else []
    if changed := [name for name in (asked[0], *also) if name in draft.redefined]:
        raise CourseError(f"its tests look at {changed[0]}, which is defined anew further down")
    _write_reference(folder, draft)
    rubric: dict[str, Any] = {"title": draft.question.title, "entry": asked[0], "also": also}
    rubric |= {"files": [f"{draft.notebook}.*"], "released": not any(test.hidden for test in draft.tests)}
    _write_rubric(folder, draft, rubric, {})
    # an entry that gives None is told as not written, unless None is the right answer of a test
    for guard in ("written" if asked[0] in callables else "a_value", ""):
        _write_probe(folder, draft, [asked[0], *also], converted, guard)
        shown = _shown_by_reference(folder, draft.id)
        failed = {name: seen.error for name, seen in shown.items() if seen.error is not None}
        if NotImplementedError.__name__ not in {error.type for error in failed.values()}:
            break
    for name, error in failed.items():
        raise CourseError(f"the solution itself {in_one_line(error)} in test {name!r}")
    _write_rubric(folder, draft, rubric, shown)
    build_fixtures(open_course(folder), [draft.id])
    return [f"{name}: judged by the submission's own process: {c}" for name, t in converted.items() for c in t.claims]


def _write_reference(folder: Path, draft: Draft) -> None:
    """All code before the question's runs with it and is not handed out."""
    cells = [new_code_cell(code, metadata={"tags": ["standalone"]}) for code in draft.before]
    for cell in draft.question.cells:
        code = cell.kind == "code"
        cells.append(new_code_cell(plain(cell.marked).code) if code else new_markdown_cell(cell.prompt))
    write_cells(folder / "solutions" / draft.id / "reference.py", cells)


def _shown_by_reference(folder: Path, id_: str) -> dict[str, Observation]:
    """What the solution shows in each test."""
    exercise = open_course(folder).exercise(id_)
    probe = load_probe(exercise)
    entry = load_solution(probe, exercise.reference).entry
    return {case.name: probe.observe(entry, case, torch.float64) for case in probe.draw_cases(0)}


def _write_rubric(folder: Path, draft: Draft, rubric: dict[str, Any], shown: Mapping[str, Observation]) -> None:
    criteria: list[dict[str, Any]] = []
    for number, test in enumerate(draft.tests, start=1):
        seen = shown.get(test.name, Observation(test.name, facts={"*": None}))
        id_ = re.sub(r"[^a-z0-9]+", "-", test.name.lower()).strip("-")
        unique = id_ and id_ not in {criterion["id"] for criterion in criteria}
        criterion = {"id": id_ if unique else f"{id_}-{number}", "title": f"passes {test.name}"}
        criterion["check"] = "value_matches" if seen.tensors else "fact_matches"
        looked_at = {name: ["*"] for name in ("tensors", "facts") if getattr(seen, name)}
        criteria.append({**criterion, **looked_at, "cases": [test.name], "weight": test.points})
    write_text(folder / "rubrics" / f"{draft.id}.toml", tomlkit.dumps({**rubric, "criteria": criteria}))


def _write_probe(
    folder: Path, draft: Draft, names: Sequence[str], converted: Mapping[str, Converted], guard: str
) -> None:
    """`names` are the entry's and those of what is defined with it that the tests use."""
    entry, *also = names
    imports = ["from grader.probes.probing import Case" + (", defined_with" if also else "")]
    imports += [f"from grader.probes.written import {', '.join(sorted(filter(None, ('tests_raise', guard))))}"]
    imports += imports_of("\n".join([*draft.before, draft.question.code]))
    first = [f"{other} = defined_with(entry, {other!r})" for other in also]
    if guard or entry != "entry":
        first.append(f"{entry} = {guard}(entry)" if guard else f"{entry} = entry")
    functions = []
    for number, conversion in enumerate(converted.values(), start=1):
        body = "\n".join(f"    {line}" for line in [*first, *conversion.code.splitlines()])
        functions.append(f"def test_{number}(entry, see):\n{body}\n")
    text = _PROBE.format(
        name=draft.question.name.replace("\\", "/").replace('"', "'"),
        imports="\n".join(dict.fromkeys(imports)),
        functions="\n\n".join(functions),
        table=", ".join(f"{test!r}: test_{number}" for number, test in enumerate(converted, start=1)),
    )
    write_text(folder / "fixtures" / draft.id / "probe.py", text)
