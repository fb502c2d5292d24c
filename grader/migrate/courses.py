"""A course folder from questions and tests that were written for another grader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
import torch

from grader.authoring.handout.handout import BEGIN, build_handout
from grader.authoring.record.fixtures import build_fixtures
from grader.authoring.record.recording import error_in_words, load_solution
from grader.course.folder import Course, open_course
from grader.grading.in_process import load_probe
from grader.migrate.assertions import Converted, defined_names, imports_of
from grader.migrate.question import Cell, Findings, Question, Sheet, TestCell
from grader.model.errors import CourseError, UsageError

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


@dataclass
class _Assignment:
    """One assignment while it is written."""

    id: str
    context: list[Cell] = field(default_factory=list)  # all that came before the question at hand
    given: list[Cell] = field(default_factory=list)  # of it, what students have not been given yet
    parts: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)  # notebook -> exercises


def write_course(assignments: Mapping[str, Sequence[Sheet]], folder: Path, findings: Findings) -> Course:
    """Write, record and return the course. `folder` is made; raises UsageError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is not empty; name a folder that does not exist yet")
    for name in ("solutions", "rubrics", "fixtures"):
        (folder / name).mkdir(parents=True)
    for name, sheets in assignments.items():
        assignment = _Assignment(_identifier(name))
        for sheet in sheets:
            _write_sheet(folder, assignment, sheet, findings)
        _write_rubric(folder, assignment, name)
    course = open_course(folder)
    for id_ in course.assignments:
        build_handout(course, id_)
    return course


def _write_sheet(folder: Path, assignment: _Assignment, sheet: Sheet, findings: Findings) -> None:
    assignment.context, assignment.given = [], []
    for block in sheet.blocks:
        if isinstance(block, Cell):
            assignment.context.append(block)
            assignment.given.append(block)
            continue
        where = f"{sheet.name}, {block.name}"
        ids = _write_exercises(folder, assignment, block, where, findings)
        points = sum(test.points for test in block.tests) + block.person_points
        if points > 0:
            assignment.parts.append(_part(block, points, ids, len(assignment.parts)))
        else:
            findings.add(where, "has no points; it is in the handout and earns nothing")
        assignment.context += block.cells
        if ids:
            assignment.files.setdefault(f"{sheet.name}.ipynb", []).append(next(iter(ids)))
            assignment.given = []
        else:
            assignment.given += [_as_prompt(cell) for cell in block.cells]


def _write_exercises(
    folder: Path, assignment: _Assignment, question: Question, where: str, findings: Findings
) -> dict[str, float]:
    """Exercises that decide over this question, with their points; none where only a person can."""
    ids: dict[str, float] = {}
    for hidden in (False, True):
        tests = [test for test in question.tests if test.hidden == hidden and test.points > 0]
        if not tests:
            continue
        id_ = f"{assignment.id}/{_identifier(question.name)}{'_hidden' if hidden else ''}"
        if not ids:
            _write_reference(folder, id_, assignment, question)
        else:
            _write_reference(folder, id_, assignment, question, given=False)
        try:
            _write_exercise(folder, id_, assignment, question, tests, where, findings)
        except CourseError as error:
            findings.add(where, f"a person must mark it: {error}")
            for path in (folder / "rubrics" / f"{id_}.toml",):
                path.unlink(missing_ok=True)
            continue
        ids[id_] = sum(test.points for test in tests)
    return ids


def _write_exercise(
    folder: Path,
    id_: str,
    assignment: _Assignment,
    question: Question,
    tests: Sequence[TestCell],
    where: str,
    findings: Findings,
) -> None:
    """Rubric, probe and fixtures; raises CourseError where the tests cannot be brought over."""
    callables, variables = defined_names(question.solution)
    before, settings = defined_names("\n".join(c.text for c in assignment.context if c.kind == "code"))
    converted = {test.name: Converted(test.code, (*callables, *variables)) for test in tests}
    used = set().union(*(c.names for c in converted.values()))
    asked = [name for name in callables if name in used] or [name for name in variables if name in used]
    if not asked or (asked[0] not in callables and len(asked) > 1):
        raise CourseError("its tests name no single function, class or variable of the solution")
    for name, test in converted.items():
        for claim in test.claims:
            findings.add(f"{where}, {name}", f"judged by the submission's own process: {claim}")
    others = [n for n in (*callables, *before, *variables, *settings) if n in used and n != asked[0]]
    also = list(dict.fromkeys(others)) if asked[0] in callables else []
    text = _probe(question.name, asked[0], also, converted, assignment)
    probe = folder / "fixtures" / id_ / "probe.py"
    probe.parent.mkdir(parents=True, exist_ok=True)
    probe.write_text(text, encoding="utf-8")
    rubric = {"title": _title(question), "entry": asked[0], "also": also, "released": not tests[0].hidden}
    _write_criteria(folder, id_, rubric, tests, {})
    shown = _shown_by_reference(folder, id_)
    _write_criteria(folder, id_, rubric, tests, shown)
    build_fixtures(open_course(folder), [id_])


def _shown_by_reference(folder: Path, id_: str) -> dict[str, tuple[bool, bool]]:
    """For each test, whether the solution shows tensors, and whether facts; raises CourseError where it fails."""
    exercise = open_course(folder).exercise(id_)
    probe = load_probe(exercise)
    entry = load_solution(probe, exercise.reference).entry
    shown = {}
    for case in probe.draw_cases(0):
        seen = probe.observe(entry, case, torch.float64)
        if seen.error is not None:
            raise CourseError(f"the solution itself {error_in_words(seen)} in test {case.name!r}")
        shown[case.name] = bool(seen.tensors), bool(seen.facts)
    return shown


def _write_criteria(
    folder: Path, id_: str, rubric: dict[str, Any], tests: Sequence[TestCell], shown: Mapping[str, tuple[bool, bool]]
) -> None:
    criteria = []
    for test in tests:
        tensors, facts = shown.get(test.name, (False, True))
        criterion: dict[str, Any] = {"id": _dashed(test.name), "title": f"passes {test.name}"}
        criterion["check"] = "value_matches" if tensors else "fact_matches"
        criterion |= {"tensors": ["*"]} if tensors else {}
        criterion |= {"facts": ["*"]} if facts else {}
        criteria.append(criterion | {"cases": [test.name], "weight": test.points})
    path = folder / "rubrics" / f"{id_}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps({**rubric, "criteria": criteria}), encoding="utf-8")


def _probe(
    name: str, entry: str, also: Sequence[str], converted: Mapping[str, Converted], assignment: _Assignment
) -> str:
    code = "\n".join(cell.text for cell in assignment.context if cell.kind == "code")
    imports = ["from grader.probes.probing import Case" + (", defined_with" if also else ""), *imports_of(code)]
    functions, table = [], []
    for number, (test, conversion) in enumerate(converted.items(), start=1):
        lines = [f"{entry} = entry"] if entry != "entry" else []
        lines += [f"{other} = defined_with(entry, {other!r})" for other in also]
        body = "\n".join(f"    {line}" for line in [*lines, *conversion.code.splitlines()])
        functions.append(f"def test_{number}(entry, see):\n{body}\n")
        table.append(f"{test!r}: test_{number}")
    return _PROBE.format(
        name=name,
        imports="\n".join(dict.fromkeys(imports)),
        functions="\n\n".join(functions),
        table=", ".join(table),
    )


def _write_reference(
    folder: Path, id_: str, assignment: _Assignment, question: Question, *, given: bool = True
) -> None:
    """Percent format: what came before runs along, and is not handed out a second time."""
    fresh = len(assignment.given) if given else 0
    earlier = assignment.context[: len(assignment.context) - fresh]
    cells = [_percent(cell, standalone=True) for cell in earlier if cell.kind == "code"]
    cells += [_percent(cell) for cell in assignment.given[:fresh]]
    cells += [_percent(cell) for cell in question.cells]
    path = folder / "solutions" / id_ / "reference.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(cells) + "\n", encoding="utf-8")


def _percent(cell: Cell, *, standalone: bool = False) -> str:
    if cell.kind == "markdown":
        lines = (f"# {line}".rstrip() for line in cell.text.splitlines())
        return "\n".join(["# %% [markdown]", *lines])
    lines_of_code = (f"# {line}" if re.match(r"\s*[%!]", line) else line for line in cell.text.splitlines())
    return "\n".join(['# %% tags=["standalone"]' if standalone else "# %%", *lines_of_code])


def _as_prompt(cell: Cell) -> Cell:
    """What students get of a question that a person marks: never the answer."""
    if cell.kind == "markdown":
        return Cell("markdown", "*Your answer here.*") if BEGIN not in cell.text else cell
    return cell if BEGIN in cell.text else Cell("code", "# Your answer here")


def _part(question: Question, points: float, ids: Mapping[str, float], number: int) -> dict[str, Any]:
    part: dict[str, Any] = {"id": question.name or str(number + 1), "title": _title(question), "marks": points}
    if ids:
        part["items"] = [{"exercise": id_, "marks": marks} for id_, marks in ids.items()]
    if points - sum(ids.values()) > 1e-9:
        part["guide"] = question.guide or f"Tests of {question.name} that only a person can judge."
    return part


def _write_rubric(folder: Path, assignment: _Assignment, name: str) -> None:
    if not assignment.parts:
        raise CourseError(f"{name}: no question in it has points, so there is nothing to grade")
    rubric: dict[str, Any] = {"title": name, "marks": sum(part["marks"] for part in assignment.parts)}
    rubric["files"] = sorted(assignment.files)
    rubric["handout"] = [{"path": path, "exercises": ids} for path, ids in assignment.files.items()]
    rubric["parts"] = assignment.parts
    (folder / "rubrics" / f"{_dashed(name)}.toml").write_text(tomlkit.dumps(rubric), encoding="utf-8")


def _title(question: Question) -> str:
    """The question's first heading, else its name."""
    text = "\n".join(cell.text for cell in question.cells if cell.kind == "markdown")
    heading = re.search(r"^#+\s*(.+)$", text, re.M)
    return heading[1].strip() if heading else question.name


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_") or "unnamed"


def _dashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
