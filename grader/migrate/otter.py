"""Reads an assignment in Otter Assign's format: raw cells mark questions, solutions and tests.

https://otter-grader.readthedocs.io/en/latest/otter_assign/notebook_format.html
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from nbformat.v4 import new_markdown_cell, new_raw_cell

from grader.authoring.handout.handout import BEGIN, END
from grader.migrate.assertions import shown_expression_as_assertion
from grader.migrate.findings import Findings
from grader.migrate.notebooks import notebooks_in, number_in, plain
from grader.migrate.question import MARKED_BY_HAND, Cell, Question, Sheet, TestCell, answer, free_name
from grader.model.errors import CourseError

_MARKER = re.compile(r"^\s*#\s*(BEGIN|END) (QUESTION|SOLUTION|PROMPT|TESTS)\s*$", re.I | re.M)
_FENCE = re.compile(r"^```otter[ \t]*\n(.*?)^```[ \t]*$\n?", re.M | re.S)
_OLD_FENCE = re.compile(r"^```[ \t]*\nBEGIN QUESTION[ \t]*\n(.*?)^```[ \t]*$", re.M | re.S)
_LINE = re.compile(r"^([ \t]*)(.*?)[ \t]*#[ \t]*SOLUTION( NO PROMPT)?[ \t]*$", re.I | re.M)
_PROMPT = re.compile(r'^[ \t]*"""\s*#\s*BEGIN PROMPT\n(.*?)^[ \t]*"""\s*;?\s*#\s*END PROMPT[ \t]*$\n?', re.M | re.S)
_CONFIG = r'\A\s*(?:\w\s*=\s*)?"""\s*#\s*BEGIN TEST CONFIG\n(.*?)^\s*"""\s*;?\s*#\s*END TEST CONFIG\s*$\n?'
_TEST_CONFIG = re.compile(_CONFIG, re.M | re.S | re.I)
_Test = tuple[str, Any, bool]  # code, points as it says them, whether it is hidden
_HIDDEN = re.compile(r"\A\s*#[^\n]*\bHIDDEN\b[^\n]*$\n?", re.I | re.M)


def read_otter(folder: Path, findings: Findings) -> dict[str, list[Sheet]]:
    """Assignments by name: each notebook in Otter Assign's format is one. Raises CourseError where there is none."""
    sheets: dict[str, list[Sheet]] = {}
    taken = set[str]()
    for path, cells in notebooks_in(folder, findings, _points_declared):
        sheet = _Reading(path, findings).read(cells)
        if sheet.questions:
            sheets[free_name(path.stem, taken)] = [sheet]
    if not sheets:
        what = "no notebook there has a `# BEGIN QUESTION` cell; give the folder with the source"
        raise CourseError(f"{folder}: {what}{findings.left_out}")
    return sheets


class _Reading:
    """One notebook, cell by cell."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self._path = path
        self._findings = findings
        self._sheet = Sheet(path.stem)
        self._taken: set[str] = set()  # names of questions
        self._where = ""
        self._begin()

    def read(self, cells: Sequence[Any]) -> Sheet:
        for number, cell in enumerate(_unfenced(cells), start=1):
            self._where = f"{self._path.name}, cell {number}"
            marker = _MARKER.search(cell.source) if cell.cell_type == "raw" else None
            if marker is not None:
                self._follow(marker[1].upper(), marker[2].upper(), cell.source[marker.end() :])
            elif cell.cell_type != "raw":
                self._place("code" if cell.cell_type == "code" else "markdown", cell.source)
        if self._question is not None:
            unfinished = "has no `# END QUESTION` cell; it ends with the notebook"
            self._findings.add(f"{self._sheet.name}, {self._question.name}", unfinished)
            self._finish(self._question)
        return self._sheet

    def _begin(self, question: Question | None = None, points: Any = None, manual: Any = False) -> None:
        self._inside = ""  # "SOLUTION", "PROMPT" or "TESTS"
        self._question, self._points, self._manual = question, points, manual
        self._tests: list[_Test] = []

    def _follow(self, verb: str, what: str, settings: str) -> None:
        if what != "QUESTION":
            self._inside = what if verb == "BEGIN" else ""
            return
        if self._question is not None:
            if verb == "BEGIN":
                unfinished = f"question {self._question.name!r} has no `# END QUESTION` cell before it"
                self._findings.add(self._where, unfinished)
            self._finish(self._question)
        elif verb == "END":
            self._findings.add(self._where, "`# END QUESTION` without a `# BEGIN QUESTION`; left out")
        if verb == "BEGIN":
            config = self._settings(settings)
            name = str(config.get("name") or self._where)
            free = free_name(name, self._taken)
            if free != name:
                taken = f"another question before it has the name {name!r} too; it is {free!r} now"
                self._findings.add(self._where, taken)
            self._begin(Question(free), config.get("points"), config.get("manual"))

    def _settings(self, text: str) -> dict[str, Any]:
        read = _yaml_of(text)
        if not isinstance(read, dict):
            why = f"its settings cannot be read ({read}); write `name: q1`, `points: 2`, one to a line"
            self._findings.leave_out(self._where, None, why)
        return read if isinstance(read, dict) else {"points": 0}

    def _place(self, kind: str, source: str) -> None:
        for settings in _OLD_FENCE.findall(source) if kind == "markdown" else ():
            self._leave_out_old_question(_yaml_of(settings))
        if self._inside == "TESTS" and self._question is not None:
            if kind == "code" and source.strip():
                self._tests.append(self._test(source))
        elif self._inside != "PROMPT" and source.strip():  # ours is `raise NotImplementedError`
            cell = _marked(kind, source, whole=self._inside == "SOLUTION")
            (self._sheet.blocks if self._question is None else self._question.cells).append(cell)

    def _leave_out_old_question(self, told: Any) -> None:
        known = told if isinstance(told, dict) else {}
        points, where = _points_of_question(known.get("points"), 0), known.get("name", "a question")
        self._findings.points += points
        why = "is in the format of Otter 2 and before; convert it with Otter 3 to 5 first"
        self._findings.leave_out(f"{self._sheet.name}, {where}", points, why)

    def _test(self, source: str) -> _Test:
        config = _TEST_CONFIG.match(source)
        settings = self._settings(config[1]) if config else {}
        hidden = bool(settings.get("hidden", _HIDDEN.match(source)))
        code = _HIDDEN.sub("", _TEST_CONFIG.sub("", source))
        shown = plain(code)
        self._findings.note_left_out(self._where, shown.left_out)
        if not shown.error:  # which is told when the test is brought over
            code = shown_expression_as_assertion(shown.code)
        return code, settings.get("points"), hidden

    def _finish(self, question: Question) -> None:
        where = f"{self._sheet.name}, {question.name}"
        tests, told = self._tests, [points for _, points, _ in self._tests]
        shares, remarks = _points_of_tests(self._points, told)
        self._findings.add(where, *remarks)
        for strange in _no_numbers(self._points, *told):
            self._findings.leave_out_strange_points(where, strange)
        question.guide = "\n\n".join(c.text for c in question.cells if c.kind == "markdown" and c.is_answer)
        if self._manual or not tests:
            question.person_points = sum(shares) if tests else _points_of_question(self._points, 0)
            file = f"tests/{question.name}.py"
            elsewhere = f"its tests are in OK format ({file}), which is not read; write them into the notebook"
            why = elsewhere if (self._path.parent / file).is_file() else "it has no tests"
            question.reason = MARKED_BY_HAND if self._manual else why
            question.guide = question.guide or f"Marks for {question.name}, by what is written there."
            if tests:
                self._findings.add(where, "is marked by hand there too; its tests are left out")
        else:
            for number, ((code, _, hidden), points) in enumerate(zip(tests, shares, strict=True), start=1):
                question.tests.append(TestCell(f"{question.name}_{number}", code, points, hidden))
        self._findings.points += question.points
        self._sheet.blocks.append(question)
        self._begin()


def _unfenced(cells: Sequence[Any]) -> Iterator[Any]:
    """What stands in Markdown between ```otter and ``` is a raw cell of its own."""
    for cell in cells:
        if cell.cell_type != "markdown" or not _FENCE.search(cell.source):
            yield cell
            continue
        for number, piece in enumerate(_FENCE.split(cell.source)):
            if piece.strip():
                yield new_raw_cell(piece.strip("\n")) if number % 2 else new_markdown_cell(piece.strip("\n"))


def _points_declared(cells: Sequence[Any]) -> float:
    """Of a notebook that is left out."""
    aside = Findings()
    _Reading(Path(), aside).read(cells)
    return aside.points


def _yaml_of(text: str) -> Any:
    """What the settings hold; the error's first line where they cannot be read."""
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        return str(error).splitlines()[0]


def _marked(kind: str, source: str, *, whole: bool) -> Cell:
    """Otter's markers of solutions as ours. A cell in a solution block that marks nothing is a solution as a whole."""
    if kind == "markdown":
        return Cell(kind, source, is_answer=whole)
    return answer(kind, _LINE.sub(rf"\1{BEGIN}\n\1\2\n\1{END}", _PROMPT.sub("", source)), whole=whole)


def _points_of_question(told: Any, tests: int) -> float:
    """What the question says it is worth, which has so many tests."""
    if isinstance(told, dict):
        return _number(told["total"]) if "total" in told else _number(told.get("each", 1)) * max(1, tests)
    if isinstance(told, list):
        return sum(map(_number, told))
    return 1.0 if told is None else _number(told)


def _points_of_tests(told: Any, given: Sequence[Any]) -> tuple[list[float], list[str]]:
    """The tests' shares of the question's points; tests that say none share what the others leave; and remarks."""
    if isinstance(told, list) and len(told) == len(given):
        return list(map(_number, told)), []
    remarks = []
    if isinstance(told, list) and given:
        remarks.append(f"gives points to {len(told)} tests and has {len(given)}; they share the sum")
    own = [None if points is None else _number(points) for points in given]
    fixed = sum(points for points in own if points is not None)
    unsaid = own.count(None)
    total = (fixed or 1.0) if told is None else _points_of_question(told, len(given))
    if given and (fixed > total or (not unsaid and fixed < total)):
        remarks.append(f"says {total:g} points, its tests have {fixed:g} together; the tests' count")
    rest = max(0.0, total - fixed) / unsaid if unsaid else 0.0
    return [rest if points is None else points for points in own], remarks


def _no_numbers(*told: Any) -> list[Any]:
    """What stands where points should and is none."""
    values: list[Any] = []
    for one in told:
        values += one.values() if isinstance(one, dict) else one if isinstance(one, list) else [one]
    return [value for value in values if value is not None and number_in(value) is None]


def _number(told: Any) -> float:
    return number_in(told) or 0.0
