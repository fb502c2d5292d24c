"""Reads an assignment in Otter Assign's format: raw cells mark questions, solutions and tests.

https://otter-grader.readthedocs.io/en/latest/otter_assign/notebook_format.html
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from grader.authoring.handout.handout import BEGIN, END
from grader.migrate.assertions import shown_expression_as_assertion
from grader.migrate.cells import with_regions, without_magics, without_marker_lines
from grader.migrate.otter_points import no_numbers, points_of_question, points_of_tests
from grader.migrate.otter_tests import OtterTest, tests_in_files
from grader.migrate.question import MARKED_BY_HAND, Cell, Findings, Question, Sheet, TestCell, free_name
from grader.migrate.reading import RawCell, notebooks_in
from grader.model.errors import CourseError

_yaml: Callable[[str], Any] = yaml.safe_load  # pyyaml has no type annotations
_MARKER = re.compile(r"^\s*#\s*(ASSIGNMENT CONFIG|(?:BEGIN|END) (?:QUESTION|SOLUTION|PROMPT|TESTS))\s*$", re.I | re.M)
_FENCE = re.compile(r"^```otter[ \t]*\n(.*?)^```[ \t]*$\n?", re.M | re.S)
_OLD_FENCE = re.compile(r"^```[ \t]*\nBEGIN QUESTION[ \t]*\n(.*?)^```[ \t]*$", re.M | re.S)
_LINE = re.compile(r"[ \t]*#\s*SOLUTION( NO PROMPT)?\s*$", re.I)
_PROMPT = re.compile(r'^[ \t]*"""\s*#\s*BEGIN PROMPT\n(.*?)^[ \t]*"""\s*;?\s*#\s*END PROMPT[ \t]*$\n?', re.M | re.S)
_TEST_CONFIG = re.compile(
    r'\A\s*(?:\w\s*=\s*)?"""\s*#\s*BEGIN TEST CONFIG\n(.*?)^\s*"""\s*;?\s*#\s*END TEST CONFIG\s*$\n?',
    re.M | re.S | re.I,
)
_HIDDEN = re.compile(r"^\s*#[^\n]*\bHIDDEN\b[^\n]*$\n?", re.I | re.M)


@dataclass
class _Reading:
    """Where in the notebook we are."""

    sheet: Sheet
    findings: Findings
    taken: set[str] = field(default_factory=set)  # names of questions
    question: Question | None = None
    config: dict[str, Any] = field(default_factory=dict)
    inside: str = ""  # "SOLUTION", "PROMPT" or "TESTS"
    tests: list[OtterTest] = field(default_factory=list)
    solution: list[str] = field(default_factory=list)  # in words


def read_otter(folder: Path, findings: Findings) -> dict[str, list[Sheet]]:
    """Assignments by name: each notebook in Otter Assign's format is one. Tests in tests/*.py (OK format) are read too.

    Raises CourseError where there is none.
    """
    sheets: dict[str, list[Sheet]] = {}
    taken = set[str]()
    for path, cells in notebooks_in(folder, findings, _points_declared):
        _leave_out_old_questions(path.stem, cells, findings)
        reading = _Reading(Sheet(path.stem), findings)
        files = tests_in_files(path.parent / "tests", findings)
        for number, cell in enumerate(_unfenced(cells), start=1):
            _read_cell(reading, cell, f"{path.name}, cell {number}", files)
        if reading.question is not None:
            findings.add(
                f"{path.stem}, {reading.question.name}", "has no `# END QUESTION` cell; it ends with the notebook"
            )
            _finish(reading, files)
        if reading.sheet.questions:
            sheets[free_name(path.stem, taken)] = [reading.sheet]
    if not sheets:
        what = "no notebook there has a `# BEGIN QUESTION` cell; give the folder with the source"
        raise CourseError(f"{folder}: {what}{findings.left_out}")
    return sheets


def _unfenced(cells: Sequence[RawCell]) -> Iterator[RawCell]:
    """What stands in Markdown between ```otter and ``` is a raw cell of its own."""
    for cell in cells:
        pieces = _FENCE.split(cell.source) if cell.kind == "markdown" else [cell.source]
        for number, piece in enumerate(pieces):
            if len(pieces) == 1 or piece.strip():
                yield replace(cell, kind="raw" if number % 2 else cell.kind, source=piece.strip("\n"))


def _points_declared(cells: Sequence[RawCell]) -> float:
    """What the questions say, for a notebook that is left out."""
    settings = [_yaml_of(cell.source[m.end() :]) for cell in _unfenced(cells) for m in _questions_begun(cell)]
    return sum(points_of_question(told.get("points"), 0) for told in settings if isinstance(told, dict))


def _questions_begun(cell: RawCell) -> Iterator[re.Match[str]]:
    marker = _MARKER.search(cell.source) if cell.kind == "raw" else None
    if marker is not None and marker[1].upper() == "BEGIN QUESTION":
        yield marker


def _leave_out_old_questions(name: str, cells: Sequence[RawCell], findings: Findings) -> None:
    for told in (
        _yaml_of(text) for cell in cells if cell.kind == "markdown" for text in _OLD_FENCE.findall(cell.source)
    ):
        known = told if isinstance(told, dict) else {}
        points = points_of_question(known.get("points"), 0)
        findings.points += points
        where = f"{name}, {known.get('name', 'a question')}"
        findings.leave_out(where, points, "is in the format of Otter 2 and before; convert it with Otter 3 to 5 first")


def _read_cell(reading: _Reading, cell: RawCell, where: str, files: dict[str, list[OtterTest]]) -> None:
    marker = _MARKER.search(cell.source) if cell.kind == "raw" else None
    if marker is not None:
        _follow(reading, marker[1].upper(), cell.source[marker.end() :], where, files)
    elif cell.kind != "raw":
        _place(reading, cell, where)


def _follow(reading: _Reading, marker: str, settings: str, where: str, files: dict[str, list[OtterTest]]) -> None:
    verb, _, what = marker.partition(" ")
    if marker == "ASSIGNMENT CONFIG":
        return
    if what != "QUESTION":
        reading.inside = what if verb == "BEGIN" else ""
        return
    if reading.question is not None:
        if verb == "BEGIN":
            reading.findings.add(where, f"question {reading.question.name!r} has no `# END QUESTION` cell before it")
        _finish(reading, files)
    elif verb == "END":
        reading.findings.add(where, "`# END QUESTION` without a `# BEGIN QUESTION`; left out")
    if verb == "BEGIN":
        reading.config = _settings(reading, settings, where)
        name = str(reading.config.get("name") or where)
        free = free_name(name, reading.taken)
        if free != name:
            reading.findings.add(where, f"another question before it has the name {name!r} too; it is {free!r} now")
        reading.question = Question(free)


def _yaml_of(text: str) -> Any:
    """What the settings hold; the error's first line where they cannot be read."""
    try:
        return _yaml(text) or {}
    except yaml.YAMLError as error:
        return str(error).splitlines()[0]


def _settings(reading: _Reading, text: str, where: str) -> dict[str, Any]:
    read = _yaml_of(text)
    if isinstance(read, dict):
        return read
    why = f"its settings cannot be read ({read}); write `name: q1`, `points: 2`, one to a line"
    reading.findings.leave_out(where, None, why)
    return {"points": 0}


def _place(reading: _Reading, cell: RawCell, where: str) -> None:
    kind = "code" if cell.kind == "code" else "markdown"
    question = reading.question
    if question is None:
        if cell.source.strip():
            whole = reading.inside == "SOLUTION"
            reading.sheet.blocks.append(_marked(kind, cell.source, whole=whole))
    elif reading.inside == "TESTS":
        if kind == "code" and cell.source.strip():
            reading.tests.append(_test(reading, cell.source, where))
    elif reading.inside == "PROMPT":
        return  # what students get in the solution's place; ours is `raise NotImplementedError`
    elif reading.inside == "SOLUTION" and kind == "markdown":
        reading.solution.append(cell.source)
        question.cells.append(Cell(kind, cell.source, is_answer=True))
    else:
        question.cells.append(_marked(kind, cell.source, whole=reading.inside == "SOLUTION"))


def _test(reading: _Reading, source: str, where: str) -> OtterTest:
    found = _TEST_CONFIG.search(source)
    settings = _settings(reading, found[1], where) if found else {}
    first = source.lstrip().partition("\n")[0]
    code = _TEST_CONFIG.sub("", source)
    code = _HIDDEN.sub("", code, count=1) if _HIDDEN.match(first) else code
    try:
        plain, left_out = without_magics(code)
        code = shown_expression_as_assertion(plain)
    except SyntaxError:
        left_out = []  # it is told where the test is brought over
    for line in left_out:
        reading.findings.add(where, f"left out of what is run: {line[:80]}")
    return OtterTest(code, settings.get("points"), bool(settings.get("hidden", _HIDDEN.match(first))))


def _marked(kind: str, source: str, whole: bool) -> Cell:
    """Otter's markers of solutions as ours. A cell in a solution block that marks nothing is a solution as a whole."""
    if kind == "markdown":
        return Cell(kind, source, is_answer=whole)
    lines: list[str] = []
    for line in _PROMPT.sub("", source).splitlines():
        if _LINE.search(line):
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + BEGIN, _LINE.sub("", line), indent + END]
        else:
            lines.append(line)
    regions = with_regions("\n".join(lines))
    if regions is None:
        return Cell(kind, without_marker_lines("\n".join(lines)), is_answer=True)
    return Cell(kind, regions, is_answer=whole and BEGIN not in regions)


def _finish(reading: _Reading, files: dict[str, list[OtterTest]]) -> None:
    question, config, findings = reading.question, reading.config, reading.findings
    if question is None:
        return
    where = f"{reading.sheet.name}, {question.name}"
    tests = reading.tests or files.get(question.name, [])
    total = points_of_question(config.get("points"), len(tests))
    shares, remarks = points_of_tests(config.get("points"), [test.points for test in tests])
    for remark in remarks:
        findings.add(where, remark)
    for strange in no_numbers(config.get("points"), *(test.points for test in tests)):
        findings.leave_out(where, None, f"its points are {strange!r}, which is no number from 0 up")
    question.guide = "\n\n".join(reading.solution)
    if config.get("manual") or not tests:
        question.person_points = sum(shares) if tests else total
        question.reason = MARKED_BY_HAND if config.get("manual") else "it has no tests"
        question.guide = question.guide or f"Marks for {question.name}, by what is written there."
        if tests:
            findings.add(where, "is marked by hand there too; its tests are left out")
    else:
        names = [f"{question.name}_{number}" for number in range(1, len(tests) + 1)]
        question.tests = [
            TestCell(name, test.code, points, test.hidden)
            for name, test, points in zip(names, tests, shares, strict=True)
        ]
    findings.points += question.points
    reading.sheet.blocks.append(question)
    reading.question, reading.inside, reading.tests, reading.solution = None, "", [], []
