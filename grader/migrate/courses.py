"""A course folder from questions and tests that were written for another grader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import tomlkit
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.authoring.handout.frames import ALREADY_GIVEN
from grader.authoring.handout.frames import FOLDER as FRAMES
from grader.authoring.handout.handout import build_handout
from grader.authoring.new_course import require_new_folder
from grader.course.folder import Course, open_course
from grader.migrate.assertions import defined_names
from grader.migrate.exercises import Draft, write_cells, write_exercise, write_text
from grader.migrate.findings import Brought, Findings
from grader.migrate.notebooks import Session, plain
from grader.migrate.question import Cell, Question, Sheet, TestCell, code_of, free_name
from grader.model.errors import CourseError


@dataclass
class _Notebook:
    """One notebook of it while it is written."""

    name: str
    session: Session = field(default_factory=Session)
    before: list[str] = field(default_factory=list)  # code above the question at hand, as far as it runs here
    frame: list[Any] = field(default_factory=list)  # what students get: cells, and places of exercises
    exercises: list[str] = field(default_factory=list)

    def add_given(self, cells: Sequence[Cell], where: str, findings: Findings) -> None:
        """Cells that no exercise is made of: students see their prompts, later code finds what they define."""
        for cell in cells:
            if cell.kind == "markdown":
                self.frame.append(new_markdown_cell(cell.prompt))
                continue
            shown_only = {} if plain(cell.prompt).code == cell.prompt else {"active": "ipynb"}  # a comment in the file
            self.frame.append(new_code_cell(cell.prompt, metadata={"tags": [ALREADY_GIVEN], **shown_only}))
            code, reasons = self.session.run(plain(cell.solved).code)
            self.before += [code] if code.strip() else []
            findings.add(where, *(f"not run, and nor is what needs it: {reason}" for reason in reasons[:1]))

    def add_exercise(self, id_: str, question: Question) -> None:
        self.frame.append(new_code_cell("", metadata={"exercise": id_}))
        self.exercises.append(id_)
        self.before.append(question.code)
        self.session.run(question.code)


@dataclass
class _Assignment:
    """One assignment while it is written into the course's folder."""

    folder: Path
    id: str
    findings: Findings
    parts: list[dict[str, Any]] = field(default_factory=list)
    part_ids: set[str] = field(default_factory=set)
    exercises: set[str] = field(default_factory=set)
    notebooks: set[str] = field(default_factory=set)
    handout: list[dict[str, Any]] = field(default_factory=list)

    def add_sheet(self, sheet: Sheet) -> None:
        notebook = _Notebook(free_name(sheet.name, self.notebooks))
        cells = [[block] if isinstance(block, Cell) else block.cells for block in sheet.blocks]
        for number, block in enumerate(sheet.blocks):
            where = f"{notebook.name}, {'given code' if isinstance(block, Cell) else block.name}"
            for code in (plain(cell.solved) for cell in cells[number] if cell.kind == "code"):
                self.findings.note_left_out(where, code.left_out)
                self.findings.add(where, *([f"code of it is not run: {code.error}"] if code.error else []))
            if isinstance(block, Cell):
                notebook.add_given([block], where, self.findings)
            else:
                after = code_of([*chain.from_iterable(cells[number + 1 :])])
                self._add_question(notebook, block, where, frozenset(chain(*defined_names(after))))
        frame = f"{self.id}_{len(self.handout) + 1}"
        write_cells(self.folder / FRAMES / f"{frame}.py", notebook.frame)
        self.handout.append({"path": f"{notebook.name}.ipynb", "exercises": notebook.exercises, "frame": frame})

    def _add_question(self, notebook: _Notebook, question: Question, where: str, redefined: frozenset[str]) -> None:
        """One exercise of the visible tests and one of the hidden ones; a person gets what they do not decide."""
        ids: dict[str, float] = {}
        undecided: list[TestCell] = []
        reasons = [question.reason] if question.reason else []
        for suffix, hidden in (("", False), ("_hidden", True)):
            tests = [test for test in question.tests if test.hidden == hidden and test.points > 0]
            if not tests:
                continue
            id_ = free_name(f"{self.id}/{_identifier(question.name)}{suffix}", self.exercises, "_")
            try:
                runnable = [_plain_test(test, where, self.findings) for test in tests]
                draft = Draft(id_, question, notebook.name, notebook.before, redefined, runnable)
                self.findings.lines += [f"{where}, {line}" for line in write_exercise(self.folder, draft)]
            except CourseError as error:
                reasons.append(str(error))
                undecided += tests
            else:
                ids[id_] = sum(test.points for test in tests)
        if ids:
            notebook.add_exercise(next(iter(ids)), question)
        else:
            notebook.add_given(question.cells, where, self.findings)
        if question.points <= 0:
            self.findings.add(where, "has no points; it is in the handout and earns nothing")
            return
        for test in (test for test in question.tests if not test.points):
            self.findings.add(f"{where}, {test.name}", "has no points; left out")
        self.parts.append(_part(question, free_name(question.name, self.part_ids), ids, undecided))
        decided, why = sum(ids.values()), "; ".join(dict.fromkeys(reasons))
        self.findings.brought.append(Brought(where, question.points, decided, question.points - decided, why))

    def write_rubric(self, title: str) -> None:
        marks = round(sum(part["marks"] for part in self.parts), 6)
        files = sorted(file["path"] for file in self.handout)
        # tests whose inputs are known to all show nothing that could not be claimed
        rubric = {"title": title, "marks": marks, "claims_percent": 100, "files": files}
        rubric |= {"handout": self.handout, "parts": self.parts}
        write_text(self.folder / "rubrics" / f"{self.id.replace('_', '-')}.toml", tomlkit.dumps(rubric))


def write_course(assignments: Mapping[str, Sequence[Sheet]], folder: Path, findings: Findings) -> Course:
    """Write, record and return the course. `folder` is made; raises UsageError where something is there already.

    Raises CourseError where nothing has points.
    """
    require_new_folder(folder)
    if not any(question.points > 0 for sheets in assignments.values() for s in sheets for question in s.questions):
        names = ", ".join(assignments)
        raise CourseError(f"{names}: no question has points, so there is nothing to grade{findings.left_out}")
    for name in ("solutions", "rubrics", "fixtures"):
        (folder / name).mkdir(parents=True)
    taken = set[str]()
    for name, sheets in assignments.items():
        assignment = _Assignment(folder, free_name(_identifier(name), taken, "_"), findings)
        for sheet in sheets:
            assignment.add_sheet(sheet)
        if assignment.parts:
            assignment.write_rubric(name)
        else:
            findings.add(name, "no question in it has points; left out")
    course = open_course(folder)
    for id_ in course.assignments:
        build_handout(course, id_)
    return course


def _plain_test(test: TestCell, where: str, findings: Findings) -> TestCell:
    code = plain(test.code)
    if code.error:
        raise CourseError(f"its test {test.name}: {code.error}")
    findings.note_left_out(f"{where}, {test.name}", code.left_out)
    return replace(test, code=code.code)


def _part(question: Question, id_: str, ids: Mapping[str, float], undecided: Sequence[TestCell]) -> dict[str, Any]:
    part: dict[str, Any] = {"id": id_, "title": question.title, "marks": round(question.points, 6)}
    if ids:
        part["items"] = [{"exercise": exercise, "marks": round(marks, 6)} for exercise, marks in ids.items()]
    if question.points - sum(ids.values()) > 1e-9:
        tests = "\n\n".join(test.code.strip() for test in undecided)
        told = [question.guide, f"Tests of {question.name} that a person must run:\n{tests}" if tests else ""]
        part["guide"] = "\n\n".join(filter(None, told)) or f"Marks for {question.name}."
    return part


def _identifier(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "unnamed"
