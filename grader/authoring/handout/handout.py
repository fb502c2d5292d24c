"""The files that students get, generated from the exercises' solutions: notebooks, modules, answers.toml and a README.

A rubric's `[[handout]]` tables say which file is made of which exercises. Of each `reference.py` (percent format)
the cells tagged "standalone" are left out, and every solution region becomes `raise NotImplementedError`, except in
exercises that the table gives. A table's `frame` is the notebook around them. Files that an exercise's code opens are
copied beside them.
"""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.authoring.handout.answersheet import empty_part, sheet, whole_part
from grader.authoring.handout.frames import ALREADY_GIVEN, Cell, arrange, percent_cells
from grader.course.folder import Course, Exercise
from grader.model.assignment import AssignmentRubric, HandoutFile, Part
from grader.model.errors import CourseError
from grader.report.rubric import late_in_words, letters_in_words

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_REGION = re.compile(rf"^([ \t]*){BEGIN}[ \t]*\n(.*?)^[ \t]*{END}[ \t]*$", re.M | re.S)
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
GIVEN = "**`{name}` is given.** What follows says how it works; there is nothing to write in it."
LONGEST_ID = 64  # characters, in the notebook format
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


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
    rendered, data = render_handout(course, assignment), handout_data(course, assignment)
    for name, text in rendered.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name, source in data.items():
        shutil.copyfile(source, folder / name)
    return tuple(folder / name for name in (*rendered, *data))


def verify_handout(course: Course, assignment: str) -> tuple[str, ...]:
    """What is wrong with the handout as it lies on disk, one line each; empty where nothing is."""
    rendered, data = render_handout(course, assignment), handout_data(course, assignment)
    folder, again = course.root / "handout" / assignment, f"run `grade handout build {assignment}`"
    findings = []
    for name, text in rendered.items():
        if not (folder / name).is_file():
            findings.append(f"{name}: missing; {again}")
        elif (folder / name).read_text(encoding="utf-8") != text:
            findings.append(f"{name}: is not what the solutions give; {again}")
    for name, source in data.items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != source.read_bytes():
            findings.append(f"{name}: is not the file of the fixtures; {again}")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in rendered and name not in data:
            findings.append(f"{name}: no solution generates it; delete it, or name it in the rubric")
        findings += [f"{name}: has a line of the solution: {line}" for line in _leaks(course, assignment, path)]
    return tuple(f"handout/{assignment}/{finding}" for finding in findings)


def render_handout(course: Course, assignment: str) -> dict[str, str]:
    """The handout's files as text, by their path inside handout/<assignment>/."""
    rubric = course.assignment(assignment)
    rendered = {file.path: _render(course, assignment, file, file.given) for file in rubric.handout}
    return {**rendered, "README.md": _instructions(rubric, course.exercises)}


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
        if course.exercise(id_).written is not file.path.endswith(".toml"):
            where = f"rubrics/{assignment}.toml: handout file {file.path!r}"
            raise CourseError(f"{where} cannot hold {id_}: answers stand in a .toml, and code does not")
        exercise = _read(course.exercise(id_))
        parts[id_] = exercise.solved if id_ in solved else exercise.stub
        if file.path.endswith(".ipynb") and id_ in file.to_write and course.exercise(id_).rubric.released:
            parts[id_] += _check_cells(course.exercise(id_))
        if id_ in file.given:
            text = GIVEN.format(name=course.exercise(id_).rubric.entry)
            parts[id_] = (Cell(f"{id_.replace('/', '-')}-given", "markdown", text), *parts[id_])
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
    if exercise.written:
        empty, whole = (Cell(exercise.id, "code", text) for text in (empty_part(exercise), whole_part(exercise)))
        return _Cells((empty,), (whole,), frozenset(line.strip() for line in whole.text.splitlines()))
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
        solved.append(replace(stub[-1], text=without_marks(cell.source)))
    if not solution:
        raise CourseError(f"{shown}: has no solution region; put the answer between `{BEGIN}` and `{END}`")
    return _Cells(tuple(stub), tuple(solved), frozenset(solution))


def _check_cells(exercise: Exercise) -> tuple[Cell, ...]:
    """Cells in which a student sees how far the exercise is; the import is a cell that is needed once."""
    name, call = f"{exercise.id.replace('/', '-')}-check", f'check("{exercise.id}", {exercise.rubric.entry})'
    return (Cell(f"{name}-import", "code", "from grader import check"), Cell(name, "code", call))


def strip_solution(text: str, shown: str) -> tuple[str, set[str]]:
    """The text with each solution region replaced by a stub at its indentation, and the lines taken out.

    `shown` is how an error names the file. Raises CourseError for a region that is not closed or not opened.
    """
    kept = fill_regions(text, *STUB)
    removed = {line.strip() for region in _REGION.finditer(text) for line in region[2].splitlines()}
    for mark in (BEGIN, END):
        if mark in removed.union(map(str.strip, kept.splitlines())):
            raise CourseError(f"{shown}: `{mark}` without its partner; close every region in the cell it begins in")
    return kept, removed - {""}


def fill_regions(text: str, *lines: str) -> str:
    """The text with these lines in place of each solution region, at its indentation."""
    return _REGION.sub(lambda region: "\n".join(region[1] + line for line in lines), text)


def without_marks(text: str) -> str:
    """The solved text: without the lines that mark its regions."""
    return "\n".join(line for line in text.splitlines() if line.strip() not in (BEGIN, END))


def _as_notebook(cells: list[Cell], assignment: str) -> str:
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}, "grader": {"assignment": assignment}}
    text: str = nbformat.writes(new_notebook(cells=[_as_node(cell) for cell in cells], metadata=metadata))
    return text + "\n"


def _as_node(cell: Cell) -> Any:
    new_cell: Callable[..., Any] = new_code_cell if cell.kind == "code" else new_markdown_cell
    return new_cell(cell.text, id=cell.id[-LONGEST_ID:], metadata={"tags": list(cell.tags)} if cell.tags else {})


def _as_module(cells: list[Cell], assignment: str) -> str:
    """Text becomes comments, and its headings plain lines."""
    blocks = [f"# grader: assignment={assignment}"]
    for cell in cells:
        lines = re.sub(r"^#+ ", "", cell.text, flags=re.M).splitlines()
        blocks.append(cell.text if cell.kind == "code" else "\n".join(f"# {line}".rstrip() for line in lines))
    return re.sub(r"\n{2,}(?=def |class |@)", "\n\n\n", "\n\n".join(blocks) + "\n")


def _leaks(course: Course, assignment: str, path: Path) -> list[str]:
    """Lines of a solution that stand in this file, other than those which the handout itself has elsewhere."""
    files = course.assignment(assignment).handout
    given = {line.strip() for line in given_text(course, assignment).splitlines()}
    solution = {line for file in files for id_ in file.to_write for line in _read(course.exercise(id_)).solution}
    secret = {line for line in solution - given if len(line) > 8 and not line.startswith("#")}
    text = path.read_text(encoding="utf-8", errors="replace")
    notebook = path.suffix == ".ipynb"
    sources = [cell.source for cell in nbformat.reads(text, as_version=4).cells] if notebook else [text]
    return sorted(secret.intersection(line.strip() for source in sources for line in source.splitlines()))


def given_text(course: Course, assignment: str) -> str:
    """What the assignment's handout gives, and what stands around solutions in any other."""
    files = course.assignment(assignment).handout
    others = (file for rubric in course.assignments.values() for file in rubric.handout)
    shown = [cell for file in others for id_ in file.exercises for cell in _read(course.exercise(id_)).stub]
    shown += [cell for file in files for id_ in file.given for cell in _read(course.exercise(id_)).solved]
    around = [cell for file in files for cell in arrange(course.root, file, dict.fromkeys(file.exercises, ()))]
    shown += [cell for cell in around if ALREADY_GIVEN in cell.tags]
    return "\n".join(cell.text for cell in shown)


def _instructions(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> str:
    """The README as Markdown text: what to hand in, where to write code, and how marks arise."""

    def asked(id_: str) -> str:
        """The name that a student defines, or the heading that the answers stand under."""
        return f"[{id_.partition('/')[2]}]" if exercises[id_].written else exercises[id_].rubric.entry

    environment = Environment(loader=PackageLoader("grader.authoring.handout"), trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"short": "{:g}".format, "letters": letters_in_words, "late": late_in_words}
    environment.filters |= {"asked": asked, "who": _marked_by}
    to_write = [id_ for file in rubric.handout for id_ in file.to_write]
    text = environment.get_template("README.md.jinja").render(
        rubric=rubric,
        exercises=[exercises[id_].rubric for id_ in rubric.exercises],
        code=[id_ for id_ in to_write if not exercises[id_].written],
        in_notebook=any(file.path.endswith(".ipynb") for file in rubric.handout),
    )
    return text.strip() + "\n"


def _marked_by(part: Part) -> str:
    shares = [f"automatically: {item.exercise} {item.marks:g}" for item in part.items]
    if part.person_marks:
        shares.append("by a person" if not part.items else f"by a person {part.person_marks:g}")
    return ", ".join(shares)
