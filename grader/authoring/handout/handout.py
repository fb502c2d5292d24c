"""The files that students get, generated from the exercises' solutions: notebooks, modules, answers.toml and a README.

A rubric's `[[handout]]` tables say which file is made of which exercises. Of each `reference.py` (percent format)
the cells tagged "standalone" are left out, and every solution region becomes `raise NotImplementedError`, except in
exercises that the table gives. A table's `frame` is the notebook around them. Files that an exercise's code opens are
copied beside them.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.authoring.handout.answersheet import empty_part, sheet, whole_part
from grader.authoring.handout.frames import ALREADY_GIVEN, Cell, arrange, percent_cells
from grader.authoring.handout.instructions import instructions
from grader.course.folder import Course, Exercise
from grader.model.assignment import HandoutFile
from grader.model.errors import CourseError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
GIVEN = "**`{name}` is given.** What follows says how it works; there is nothing to write in it."
LONGEST_ID = 64  # characters, in the notebook format
_NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class _Cells:
    """An exercise's cells as students get them, and with the solution; and the lines that are its solution."""

    stub: tuple[Cell, ...]
    solved: tuple[Cell, ...]
    solution: frozenset[str]


def build_handout(course: Course, assignment: str) -> tuple[Path, ...]:
    """Write handout/<assignment>/…; the same solutions give the same bytes.

    Returns the files written. Raises CourseError where a reference has no solution region, or an unclosed one.
    """
    folder = course.root / "handout" / assignment
    written = []
    for name, text in render_handout(course, assignment).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    for name, source in handout_data(course, assignment).items():
        written.append(Path(shutil.copyfile(source, folder / name)))
    return tuple(written)


def verify_handout(course: Course, assignment: str) -> tuple[str, ...]:
    """What is wrong with the handout as it lies on disk, one line each; empty where nothing is."""
    rendered = render_handout(course, assignment)
    shown = f"handout/{assignment}"
    folder = course.root / "handout" / assignment
    findings = []
    for name, text in rendered.items():
        path = folder / name
        present = path.read_text(encoding="utf-8") if path.is_file() else None
        if present is None:
            findings.append(f"{shown}/{name}: missing; run `grade handout build {assignment}`")
        elif present != text:
            findings.append(f"{shown}/{name}: is not what the solutions give; run `grade handout build {assignment}`")
    data = handout_data(course, assignment)
    for name, source in data.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != source.read_bytes():
            findings.append(f"{shown}/{name}: is not the file of the fixtures; run `grade handout build {assignment}`")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in rendered and name not in data:
            findings.append(f"{shown}/{name}: no solution generates it; delete it, or name it in the rubric")
        findings += [f"{shown}/{name}: {leak}" for leak in _leaks(course, assignment, path)]
    return tuple(findings)


def render_handout(course: Course, assignment: str) -> dict[str, str]:
    """The handout's files as text, by their path inside handout/<assignment>/."""
    rubric = course.assignment(assignment)
    rendered = {file.path: _render(course, assignment, file, file.given) for file in rubric.handout}
    rendered["README.md"] = instructions(rubric, course.exercises)
    return rendered


def handout_data(course: Course, assignment: str) -> dict[str, Path]:
    """Files that the exercises' code opens, by the names under which they lie in handout/<assignment>/."""
    files = course.assignment(assignment).handout
    return {name: path for file in files for id_ in file.exercises for name, path in course.exercise(id_).data.items()}


def render_solved(course: Course, assignment: str) -> dict[str, str]:
    """The handout's files with every solution filled in, by path: what a student who got all right hands in."""
    files = course.assignment(assignment).handout
    return {file.path: _render(course, assignment, file, file.exercises) for file in files}


def _render(course: Course, assignment: str, file: HandoutFile, solved: Sequence[str]) -> str:
    parts: dict[str, tuple[Cell, ...]] = {}
    for id_ in file.exercises:
        if (course.exercise(id_).rubric.kind == "answers") is not file.path.endswith(".toml"):
            where = f"rubrics/{assignment}.toml: handout file {file.path!r}"
            raise CourseError(f"{where} cannot hold {id_}: answers stand in a .toml, and code does not")
        exercise = _read(course.exercise(id_))
        parts[id_] = exercise.solved if id_ in solved else exercise.stub
        if file.path.endswith(".ipynb") and id_ in file.to_write and course.exercise(id_).rubric.released:
            parts[id_] += _check_cells(course.exercise(id_))
        if id_ in file.given:
            name = course.exercise(id_).rubric.entry
            parts[id_] = (Cell(f"{id_.replace('/', '-')}-given", "markdown", GIVEN.format(name=name)), *parts[id_])
    cells = arrange(course.root, file, parts)
    if file.path.endswith(".ipynb"):
        return _as_notebook(cells, assignment)
    if file.path.endswith(".py"):
        return _as_module(cells, assignment)
    if file.path.endswith(".toml"):
        return sheet(assignment, [cell.text for cell in cells])
    raise CourseError(f"rubrics/{assignment}.toml: handout file {file.path!r} must end in .ipynb, .py or .toml")


def _read(exercise: Exercise) -> _Cells:
    """The exercise's cells with ids of their own. Raises CourseError where nothing in it is a solution."""
    if exercise.rubric.kind == "answers":
        return _read_answers(exercise)
    shown = f"solutions/{exercise.id}/reference.py"
    stub: list[Cell] = []
    solved: list[Cell] = []
    solution: set[str] = set()
    for cell in percent_cells(exercise.reference):
        if "standalone" in cell.metadata.get("tags", ()):
            continue
        text, removed = strip_solution(cell.source, shown)
        solution |= removed
        stub.append(Cell(f"{exercise.id.replace('/', '-')}-{len(stub) + 1}", cell.cell_type, text))
        solved.append(replace(stub[-1], text=_without_marks(cell.source)))
    if not solution:
        raise CourseError(f"{shown}: has no solution region; put the answer between `{BEGIN}` and `{END}`")
    return _Cells(tuple(stub), tuple(solved), frozenset(solution))


def _check_cells(exercise: Exercise) -> tuple[Cell, ...]:
    """Cells in which a student sees how far the exercise is; the import is a cell that is needed once."""
    name, call = f"{exercise.id.replace('/', '-')}-check", f'check("{exercise.id}", {exercise.rubric.entry})'
    return (Cell(f"{name}-import", "code", "from grader import check"), Cell(name, "code", call))


def _read_answers(exercise: Exercise) -> _Cells:
    empty, whole = (Cell(exercise.id, "code", text) for text in (empty_part(exercise), whole_part(exercise)))
    return _Cells((empty,), (whole,), frozenset(line.strip() for line in whole.text.splitlines()))


def strip_solution(text: str, shown: str) -> tuple[str, set[str]]:
    """The text with each solution region replaced by a stub at its indentation, and the lines taken out.

    `shown` is how an error names the file. Raises CourseError for a region that is not closed or not opened.
    """
    kept: list[str] = []
    removed: set[str] = set()
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        if bare in (BEGIN, END):
            if inside is (bare == BEGIN):
                raise CourseError(f"{shown}: `{bare}` without its partner; close every region in the cell it begins in")
            inside = bare == BEGIN
            if inside:
                indent = line[: line.index("#")]
                kept += [indent + stub for stub in STUB]
        elif inside:
            removed.add(bare)
        else:
            kept.append(line)
    if inside:
        raise CourseError(f"{shown}: `{BEGIN}` without its partner; close every region in the cell it begins in")
    return "\n".join(kept), removed - {""}


def _without_marks(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip() not in (BEGIN, END))


def _as_notebook(cells: list[Cell], assignment: str) -> str:
    metadata = _NOTEBOOK_METADATA | {"grader": {"assignment": assignment}}
    text: str = nbformat.writes(new_notebook(cells=[_as_node(cell) for cell in cells], metadata=metadata))
    return text + "\n"


def _as_node(cell: Cell) -> Any:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    if cell.kind == "code":
        return new_code_cell(cell.text, id=cell.id[-LONGEST_ID:], metadata=metadata)
    return new_markdown_cell(cell.text, id=cell.id[-LONGEST_ID:], metadata=metadata)


def _as_module(cells: list[Cell], assignment: str) -> str:
    blocks = [f"# grader: assignment={assignment}"]
    for cell in cells:
        blocks.append(cell.text if cell.kind == "code" else _as_comment(cell.text))
    text = "\n\n".join(blocks) + "\n"
    return re.sub(r"\n{2,}(?=def |class |@)", "\n\n\n", text)


def _as_comment(markdown: str) -> str:
    lines = (re.sub(r"^#+ ", "", line) for line in markdown.splitlines())
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _leaks(course: Course, assignment: str, path: Path) -> list[str]:
    """Lines of a solution that stand in this file, other than those which the handout itself has elsewhere."""
    files = course.assignment(assignment).handout
    shown = [cell for file in files for id_ in file.to_write for cell in _read(course.exercise(id_)).stub]
    shown += [cell for file in files for id_ in file.given for cell in _read(course.exercise(id_)).solved]
    around = [cell for file in files for cell in arrange(course.root, file, dict.fromkeys(file.exercises, ()))]
    shown += [cell for cell in around if ALREADY_GIVEN in cell.tags]
    given = {line.strip() for cell in shown for line in cell.text.splitlines()}
    solution = {line for file in files for id_ in file.to_write for line in _read(course.exercise(id_)).solution}
    secret = {line for line in solution - given if len(line) > 8 and not line.startswith("#")}
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = {line.strip() for source in _sources(text, path.suffix) for line in source.splitlines()}
    return [f"has a line of the solution: {line}" for line in sorted(lines & secret)]


def _sources(text: str, suffix: str) -> list[str]:
    if suffix != ".ipynb":
        return [text]
    return [cell.source for cell in nbformat.reads(text, as_version=4).cells]
