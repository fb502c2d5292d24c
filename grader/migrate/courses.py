"""A course folder from questions and tests that were written for another grader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomlkit

from grader.authoring.handout.frames import FOLDER as FRAMES
from grader.authoring.handout.handout import build_handout
from grader.course.folder import Course, open_course
from grader.migrate.assertions import defined_names
from grader.migrate.cells import syntax_error_of, without_magics
from grader.migrate.exercises import Draft, hand_out, write_exercise
from grader.migrate.question import Brought, Cell, Findings, Question, Sheet, TestCell, free_name
from grader.migrate.references import Piece, answered, given, run_only, shown_only, without_failures, write_pieces
from grader.migrate.running import Session
from grader.model.errors import CourseError, UsageError


@dataclass
class _Assignment:
    """One assignment while it is written."""

    id: str
    parts: list[dict[str, Any]] = field(default_factory=list)
    part_ids: set[str] = field(default_factory=set)
    exercises: set[str] = field(default_factory=set)
    notebooks: set[str] = field(default_factory=set)
    handout: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Last:
    """The exercise that was made last."""

    question: Question
    exercise: str
    pieces: list[Piece]


@dataclass
class _Notebook:
    """One notebook of it while it is written."""

    name: str
    session: Session = field(default_factory=Session)
    pieces: list[Piece] = field(default_factory=list)  # of all that came before the question at hand
    handed_out: int = 0  # so many of them stand in an exercise's file already
    last: _Last | None = None
    exercises: list[str] = field(default_factory=list)

    def add_given(self, cells: Sequence[Cell], where: str, findings: Findings) -> None:
        """Cells that students do not answer in an exercise; of their code, what runs here is run before later code."""
        for piece in (piece for cell in cells for piece in given(cell)):
            if not piece.runs:
                self.pieces.append(piece)
                continue
            code, reasons = self.session.run(piece.text)
            self.pieces += without_failures(piece, code) if reasons else [piece]
            findings.lines += [f"{where}: not run, and nor is what needs it: {reason}" for reason in reasons[:1]]


def write_course(assignments: Mapping[str, Sequence[Sheet]], folder: Path, findings: Findings) -> Course:
    """Write, record and return the course. `folder` is made; raises UsageError where something is there already.

    Raises CourseError where nothing has points.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is not empty; name a folder that does not exist yet")
    if not any(question.points > 0 for sheets in assignments.values() for s in sheets for question in s.questions):
        names = ", ".join(assignments)
        raise CourseError(f"{names}: no question has points, so there is nothing to grade{findings.left_out}")
    for name in ("solutions", "rubrics", "fixtures"):
        (folder / name).mkdir(parents=True)
    taken = set[str]()
    for name, sheets in assignments.items():
        assignment = _Assignment(free_name(_identifier(name), taken, "_"))
        for sheet in sheets:
            _write_sheet(folder, assignment, sheet, findings)
        if assignment.parts:
            _write_rubric(folder, assignment, name)
        else:
            findings.add(name, "no question in it has points; left out")
    course = open_course(folder)
    for id_ in course.assignments:
        build_handout(course, id_)
    return course


def _write_sheet(folder: Path, assignment: _Assignment, sheet: Sheet, findings: Findings) -> None:
    notebook = _Notebook(free_name(sheet.name, assignment.notebooks))
    for number, block in enumerate(sheet.blocks):
        if isinstance(block, Cell):
            _note_left_out(f"{notebook.name}, given code", [block], findings)
            notebook.add_given([block], f"{notebook.name}, given code", findings)
            continue
        _note_left_out(f"{notebook.name}, {block.name}", block.cells, findings)
        _write_question(folder, assignment, notebook, block, _names_defined_by(sheet.blocks[number + 1 :]), findings)
    if notebook.last is not None:
        after = shown_only(notebook.pieces[notebook.handed_out :])
        if after:
            hand_out(folder, notebook.last.exercise, [*notebook.last.pieces, *after])
        assignment.handout.append({"path": f"{notebook.name}.ipynb", "exercises": notebook.exercises})
    else:
        frame = f"{assignment.id}_{len(assignment.handout) + 1}"
        write_pieces(folder / FRAMES / f"{frame}.py", shown_only(notebook.pieces))
        assignment.handout.append({"path": f"{notebook.name}.ipynb", "exercises": [], "frame": frame})


def _note_left_out(where: str, cells: Sequence[Cell], findings: Findings) -> None:
    for cell in cells:
        if cell.kind != "code":
            continue
        try:
            left_out = without_magics(cell.solved)[1]
        except SyntaxError as error:
            findings.add(where, f"code of it is not run: line {error.lineno} is no Python ({error.msg})")
        else:
            findings.lines += [f"{where}: left out of what is run: {line[:80]}" for line in left_out]


def _names_defined_by(blocks: Sequence[Cell | Question]) -> frozenset[str]:
    cells = [cell for block in blocks for cell in ([block] if isinstance(block, Cell) else block.cells)]
    codes = [cell.solved for cell in cells if cell.kind == "code" and not syntax_error_of(cell.solved)]
    return frozenset(name for code in codes for names in defined_names(without_magics(code)[0]) for name in names)


def _write_question(
    folder: Path,
    assignment: _Assignment,
    notebook: _Notebook,
    question: Question,
    redefined: frozenset[str],
    findings: Findings,
) -> None:
    """One exercise of the visible tests and one of the hidden ones; a person gets what they do not decide."""
    where = f"{notebook.name}, {question.name}"
    ids: dict[str, float] = {}
    undecided: list[TestCell] = []
    reasons = [question.reason] if question.reason else []
    for hidden in (False, True):
        tests = [test for test in question.tests if test.hidden == hidden and test.points > 0]
        try:
            tests = [_as_plain(test, f"{where}, {test.name}", findings) for test in tests]
            if tests:
                id_, lines = _write_exercise(folder, assignment, notebook, question, tests, redefined)
                ids[id_] = sum(test.points for test in tests)
                findings.lines += [f"{where}, {line}" for line in lines]
        except CourseError as error:
            reasons.append(str(error))
            undecided += tests
    if not ids:
        notebook.add_given(question.cells, where, findings)
    for test in question.tests:
        if question.points > 0 and not test.points:
            findings.add(f"{where}, {test.name}", "has no points; left out")
    if question.points <= 0:
        findings.add(where, "has no points; it is in the handout and earns nothing")
        return
    assignment.parts.append(_part(question, free_name(question.name, assignment.part_ids), ids, undecided))
    decided = sum(ids.values())
    why = "; ".join(dict.fromkeys(reasons))
    findings.brought.append(Brought(where, question.points, decided, question.points - decided, why))


def _as_plain(test: TestCell, where: str, findings: Findings) -> TestCell:
    try:
        code, left_out = without_magics(test.code)
    except SyntaxError as error:
        raise CourseError(f"line {error.lineno} of its test {test.name} is no Python ({error.msg})") from None
    findings.lines += [f"{where}: left out of what is run: {line[:80]}" for line in left_out]
    return replace(test, code=code)


def _write_exercise(
    folder: Path,
    assignment: _Assignment,
    notebook: _Notebook,
    question: Question,
    tests: Sequence[TestCell],
    redefined: frozenset[str],
) -> tuple[str, list[str]]:
    """Its id, and the assertions that the submission's own process judges; raises CourseError where none can be made.

    The first exercise of a question hands out what came before it in the notebook.
    """
    if problem := syntax_error_of(question.code):
        raise CourseError(f"its solution: {problem}")
    wanted = f"{assignment.id}/{_identifier(question.name)}{'_hidden' if tests[0].hidden else ''}"
    id_ = free_name(wanted, assignment.exercises, "_")
    cells = answered(question.cells)
    is_second = notebook.last is not None and notebook.last.question is question
    earlier = notebook.pieces[: -len(cells)] if is_second else notebook.pieces
    fresh = [] if is_second else earlier[notebook.handed_out :]
    pieces = [*run_only(earlier[: len(earlier) - len(fresh)]), *fresh, *cells]
    draft = Draft(
        id_,
        question.name,
        _title(question),
        notebook.name,
        "\n".join(piece.text for piece in run_only(cells)),
        "\n".join(piece.text for piece in run_only(earlier)),
        redefined,
        tests,
    )
    lines = write_exercise(folder, draft, pieces)
    if not is_second:
        notebook.exercises.append(id_)
        notebook.pieces += cells
        notebook.session.run(draft.solution)
        notebook.handed_out = len(notebook.pieces)
        notebook.last = _Last(question, id_, pieces)
    return id_, lines


def _part(question: Question, id_: str, ids: Mapping[str, float], undecided: Sequence[TestCell]) -> dict[str, Any]:
    part: dict[str, Any] = {"id": id_, "title": _title(question), "marks": round(question.points, 6)}
    if ids:
        part["items"] = [{"exercise": exercise, "marks": round(marks, 6)} for exercise, marks in ids.items()]
    if question.points - sum(ids.values()) > 1e-9:
        tests = "\n\n".join(test.code.strip() for test in undecided)
        told = [question.guide, f"Tests of {question.name} that a person must run:\n{tests}" if tests else ""]
        part["guide"] = "\n\n".join(text for text in told if text) or f"Marks for {question.name}."
    return part


def _write_rubric(folder: Path, assignment: _Assignment, name: str) -> None:
    rubric: dict[str, Any] = {"title": name, "marks": round(sum(part["marks"] for part in assignment.parts), 6)}
    rubric["files"] = sorted(file["path"] for file in assignment.handout)
    rubric["handout"] = assignment.handout
    rubric["parts"] = assignment.parts
    path = folder / "rubrics" / f"{assignment.id.replace('_', '-')}.toml"
    path.write_text(tomlkit.dumps(rubric), encoding="utf-8")


def _title(question: Question) -> str:
    """The question's first heading, else its name."""
    text = "\n".join(cell.prompt for cell in question.cells if cell.kind == "markdown")
    heading = re.search(r"^#+\s*(.+)$", text, re.M)
    return heading[1].strip() if heading else question.name


def _identifier(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "unnamed"
