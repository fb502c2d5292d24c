"""`grade audit`: do exercises tell right answers from known mistakes, and do assignments mark as they should?"""

from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.findings import finish
from grader.cli.options import CourseOption, the_course
from grader.model.errors import CourseError, UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from grader.authoring.audit import AuditRow, AuditTable
    from grader.course.folder import Course
    from grader.grading.line import Grading

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def audit(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...", show_default=False, help="Exercises, topics, assignments; else every exercise."
        ),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="One table of every assignment and every exercise of the course.")
    ] = False,
    course: CourseOption = None,
) -> None:
    """Print which criteria correct solutions pass and known mistakes lose, and what an assignment's handout earns.

    An exercise gets a table of its own; assignments share one with their exercises.
    """
    found = the_course(course)
    if whole and ids:
        raise UsageError("--all: looks at the whole course; leave the ids out")
    assignments, alone = _sorted_out(found, ids or [], whole)
    if whole:
        together = list(found.exercises)
    else:
        together = list(dict.fromkeys(e for id_ in assignments for e in found.assignment(id_).exercises))
    surprises = _matrices(found, alone)
    if assignments or together:
        surprises += _one_table(found, assignments, together)
    finish(surprises, f"as promised: {'the whole course' if whole else ', '.join([*alone, *assignments])}")


def _sorted_out(course: "Course", ids: Sequence[str], whole: bool) -> tuple[list[str], list[str]]:
    """(assignments, exercises to show alone); raises CourseError for an id that is neither."""
    if whole:
        return list(course.assignments), []
    from grader.course.meaning import ids_meant

    known = ids_meant(course, ids) if ids else list(course.exercises)
    return [id_ for id_ in known if "/" not in id_], [id_ for id_ in known if "/" in id_]


def _matrices(course: "Course", exercises: Sequence[str]) -> list[str]:
    surprises: list[str] = []
    console = screen.tables()
    for id_ in exercises:
        audited = _audited(course, id_)
        console.print(_matrix(audited))
        console.print()
        surprises.extend(audited.surprises)
    return surprises


def _audited(course: "Course", id_: str) -> "AuditTable":
    from grader.authoring.audit import audit_exercise

    with screen.progress() as progress:
        progress(f"auditing {id_}")
        with redirect_stdout(StringIO()):  # solutions print, as students' do
            return audit_exercise(course, id_)


def _one_table(course: "Course", assignments: Sequence[str], exercises: Sequence[str]) -> list[str]:
    """Print a line for each; what cannot be looked at at all does not stop the others."""
    from rich.table import Table

    from grader.grading.line import Grading

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for heading in ("solved", "untouched", "wheats", "chaffs"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("holds", no_wrap=True)
    surprises: list[str] = []
    with Grading(course, device="cpu", stale_ok=True) as grading:
        for id_ in (*assignments, *exercises):
            try:
                cells, found = _exercise_line(course, id_) if "/" in id_ else _assignment_line(course, id_, grading)
            except CourseError as error:
                cells, found = ["", "", "", ""], (str(error),)
            surprises.extend(found)
            table.add_row(id_, *cells, "NO" if found else "yes")
    screen.tables().print(table)
    return surprises


def _assignment_line(course: "Course", id_: str, grading: "Grading") -> tuple[list[str], tuple[str, ...]]:
    from grader.authoring.handout.rehearsal import rehearse
    from grader.report.terminal import number

    with screen.progress() as progress:
        progress(f"grading the handout of {id_}")
        found = rehearse(course, id_, grading)
    solved = f"{number(found.solved)}/{number(found.automatic)}"
    return [solved, number(found.untouched), "", ""], found.surprises


def _exercise_line(course: "Course", id_: str) -> tuple[list[str], tuple[str, ...]]:
    audited = _audited(course, id_)
    right = _count(audited, ("dialect ",))  # the reference is one
    nothing = "0" if _count(audited, ("nothing written",)) == "1/1" else "not 0"
    known = (_count(audited, (kind,)) for kind in ("wheats/", "chaffs/"))
    return [right, nothing, *known], audited.surprises


def _count(audited: "AuditTable", kinds: tuple[str, ...]) -> str:
    """Of the rows of these kinds, how many show on both sets what they promise: "6/6"."""
    rows = [row for row in audited.rows if row.name.startswith(kinds)]
    names = {row.name for row in rows}
    odd = {row.name for row in rows if row.surprises}
    return f"{len(names - odd)}/{len(names)}"


def _matrix(audited: "AuditTable") -> "Table":
    """A line for each file, a column for each criterion; the two sets share a line where they show the same."""
    from rich.table import Table

    criteria = [verdict.criterion for verdict in audited.rows[0].judgement.verdicts]
    legend = ", ".join(f"{_letter(i)} {criterion}" for i, criterion in enumerate(criteria))
    table = Table(box=None, title=audited.exercise, title_justify="left", title_style="bold")
    table.caption, table.caption_justify, table.caption_style = legend, "left", "dim"
    table.add_column("file", no_wrap=True)
    table.add_column("set", no_wrap=True)
    for index in range(len(criteria)):
        table.add_column(_letter(index))
    table.add_column("")
    for name, which, row in _merged(audited):
        table.add_row(name, which, *_marks(row), "as promised" if not row.surprises else "NOT as promised")
    return table


def _merged(audited: "AuditTable") -> "Iterator[tuple[str, str, AuditRow]]":
    by_file: dict[str, list[AuditRow]] = {}
    for row in audited.rows:
        by_file.setdefault(row.name, []).append(row)
    for name, rows in by_file.items():
        same = all((_marks(row), bool(row.surprises)) == (_marks(rows[0]), bool(rows[0].surprises)) for row in rows)
        if same:
            yield name, "both", rows[0]
        else:
            yield from ((name, row.which, row) for row in rows)


def _marks(row: "AuditRow") -> list[str]:
    from grader.report.terminal import SHOWN_AS

    return [SHOWN_AS[verdict.status][0] for verdict in row.judgement.verdicts]


def _letter(index: int) -> str:
    return LETTERS[index] if index < len(LETTERS) else str(index + 1)
