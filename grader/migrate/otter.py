"""Reads an assignment in Otter Assign's format: raw cells mark questions, solutions and tests.

https://otter-grader.readthedocs.io/en/latest/otter_assign/notebook_format.html
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from grader.authoring.handout.handout import BEGIN, END
from grader.migrate.assertions import doctest_as_code, shown_expression_as_assertion
from grader.migrate.question import Cell, Findings, Question, Sheet, TestCell
from grader.migrate.reading import notebooks_in
from grader.model.errors import CourseError

_yaml: Callable[[str], Any] = yaml.safe_load  # pyyaml has no type annotations
_MARKER = re.compile(r"^\s*#\s*(ASSIGNMENT CONFIG|(?:BEGIN|END) (?:QUESTION|SOLUTION|PROMPT|TESTS))\s*$", re.I | re.M)
_LINE = re.compile(r"[ \t]*#\s*SOLUTION( NO PROMPT)?\s*$")
_REGION = re.compile(r"^([ \t]*)#\s*(BEGIN|END) SOLUTION( NO PROMPT)?\s*$")
_PROMPT = re.compile(r'^[ \t]*"""\s*#\s*BEGIN PROMPT\n(.*?)^[ \t]*"""\s*;?\s*#\s*END PROMPT[ \t]*$\n?', re.M | re.S)
_TEST_CONFIG = re.compile(r'^\s*"""\s*#\s*BEGIN TEST CONFIG\n(.*?)^\s*"""\s*#\s*END TEST CONFIG\s*$\n?', re.M | re.S)
_HIDDEN = re.compile(r"^\s*#\s*HIDDEN\s*$\n?", re.I | re.M)


@dataclass
class _Reading:
    """Where in the notebook we are."""

    sheet: Sheet
    question: Question | None = None
    config: dict[str, Any] = field(default_factory=dict)
    inside: str = ""  # "SOLUTION", "PROMPT" or "TESTS"
    tests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def read_otter(folder: Path, findings: Findings) -> dict[str, list[Sheet]]:
    """Assignments by name: each notebook in Otter Assign's format is one. Tests in tests/*.py (OK format) are read too.

    Raises CourseError where there is none, or a raw cell's settings cannot be read.
    """
    sheets: dict[str, list[Sheet]] = {}
    for path, cells in notebooks_in(folder):
        sheet = _read_sheet(path, cells)
        if sheet.questions:
            sheets.setdefault(path.stem, []).append(sheet)
            _add_test_files(sheet, path.parent / "tests", findings)
            _leave_to_a_person(sheet, findings)
    if not sheets:
        raise CourseError(f"{folder}: no notebook there has a `# BEGIN QUESTION` cell; give the folder with the source")
    return sheets


def _read_sheet(path: Path, cells: list[Any]) -> Sheet:
    reading = _Reading(Sheet(path.stem))
    for number, cell in enumerate(cells, start=1):
        marker = _MARKER.search(cell.source) if cell.cell_type == "raw" else None
        if marker is not None:
            _follow(reading, marker[1].upper(), cell.source[marker.end() :], f"{path.name}, cell {number}")
        elif cell.cell_type != "raw":
            _place(reading, cell, f"{path.name}, cell {number}")
    if reading.question is not None:
        raise CourseError(f"{path}: question {reading.question.name!r} has no `# END QUESTION` cell; add it")
    return reading.sheet


def _follow(reading: _Reading, marker: str, settings: str, where: str) -> None:
    verb, _, what = marker.partition(" ")
    if marker == "ASSIGNMENT CONFIG":
        return
    if what == "QUESTION":
        if verb == "BEGIN":
            reading.config = _settings(settings, where)
            reading.question = Question(str(reading.config.get("name", where)))
        else:
            _finish(reading, where)
    else:
        reading.inside = what if verb == "BEGIN" else ""


def _settings(text: str, where: str) -> dict[str, Any]:
    try:
        read = _yaml(text) or {}
    except yaml.YAMLError as error:
        line = str(error).splitlines()[0]
        raise CourseError(f"{where}: its settings cannot be read ({line}); write `name: q1`, `points: 2`") from None
    if not isinstance(read, dict):
        raise CourseError(f"{where}: its settings are {read!r}; write `name: q1`, `points: 2`, one to a line")
    return read


def _place(reading: _Reading, cell: Any, where: str) -> None:
    kind = "code" if cell.cell_type == "code" else "markdown"
    question = reading.question
    if question is None:
        if cell.source.strip():
            reading.sheet.blocks.append(Cell(kind, cell.source))
    elif reading.inside == "TESTS":
        if kind == "code":
            reading.tests.append((cell.source, _test_settings(cell.source, where)))
    elif reading.inside == "PROMPT":
        return  # what students get in the solution's place; ours is `raise NotImplementedError`
    elif reading.inside == "SOLUTION" and kind == "markdown":
        question.guide = cell.source
    elif kind == "code":
        question.cells.append(Cell(kind, _marked(cell.source, whole=reading.inside == "SOLUTION")))
    else:
        question.cells.append(Cell(kind, cell.source))


def _test_settings(source: str, where: str) -> dict[str, Any]:
    found = _TEST_CONFIG.search(source)
    settings = _settings(found[1], where) if found else {}
    return settings | ({"hidden": True} if _HIDDEN.search(source) else {})


def _marked(source: str, whole: bool) -> str:
    """Otter's markers of solutions as ours. A cell in a solution block that marks nothing is a solution as a whole."""
    lines: list[str] = []
    found = False
    for line in _PROMPT.sub("", source).splitlines():
        if region := _REGION.match(line):
            lines.append(region[1] + (BEGIN if region[2] == "BEGIN" else END))
            found = True
        elif _LINE.search(line):
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + BEGIN, _LINE.sub("", line), indent + END]
            found = True
        else:
            lines.append(line)
    if whole and not found:
        lines = [BEGIN, *lines, END]
    return "\n".join(lines)


def _finish(reading: _Reading, where: str) -> None:
    question, config = reading.question, reading.config
    if question is None:
        raise CourseError(f"{where}: `# END QUESTION` without a `# BEGIN QUESTION`; add or remove one")
    points = config.get("points", 1)
    total = float(points.get("total", 1) if isinstance(points, dict) else points)
    if config.get("manual"):
        question.person_points = total
        question.guide = question.guide or f"Marks for {question.name}, by what is written there."
    elif reading.tests:
        _add_tests(question, reading.tests, total)
    else:
        question.person_points, question.guide = total, ""  # until its file of tests is read
    reading.sheet.blocks.append(question)
    reading.question, reading.inside, reading.tests = None, "", []


def _add_tests(question: Question, tests: list[tuple[str, dict[str, Any]]], total: float) -> None:
    given = [float(told["points"]) for _, told in tests if "points" in told]
    shared = max(0.0, total - sum(given)) / max(1, len(tests) - len(given))
    for number, (source, told) in enumerate(tests, start=1):
        code = shown_expression_as_assertion(_HIDDEN.sub("", _TEST_CONFIG.sub("", source)))
        points = float(told.get("points", shared))
        question.tests.append(TestCell(f"{question.name}_{number}", code, points, bool(told.get("hidden"))))


def _add_test_files(sheet: Sheet, folder: Path, findings: Findings) -> None:
    """Tests in OK format, `test = {…}`: a literal that is read without running it."""
    by_name = {question.name: question for question in sheet.questions}
    for path in sorted(folder.glob("*.py")):
        question = by_name.get(path.stem)
        if question is None or question.tests:
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            values = [n.value for n in tree.body if isinstance(n, ast.Assign) and _is_named(n, "test")]
            cases = [case for suite in ast.literal_eval(values[0])["suites"] for case in suite["cases"]]
        except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError):
            findings.add(f"tests/{path.name}", "is no `test = {…}` literal in OK format; left out")
            continue
        points, question.person_points, question.guide = question.person_points, 0.0, ""
        _add_tests(
            question, [(doctest_as_code(case["code"]), {"hidden": case.get("hidden")}) for case in cases], points
        )


def _leave_to_a_person(sheet: Sheet, findings: Findings) -> None:
    for question in sheet.questions:
        if question.person_points and not question.guide:
            question.guide = f"Marks for {question.name}: it came without tests."
            findings.add(f"{sheet.name}, {question.name}", "has no tests; a person must mark it")


def _is_named(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
