"""`grade audit`: do exercises tell right answers from known mistakes, and do assignments mark as they should?"""

from collections.abc import Iterator, Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, the_course
from grader.model.errors import CourseError, UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from grader.authoring.audit import AuditRow, AuditTable
    from grader.authoring.workshop import Workshop
    from grader.course.folder import Course
    from grader.grading.line import Grading


def audit(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Exercises, topics, assignments; else every exercise.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="One table of every assignment and every exercise of the course.")
    ] = False,
    course: CourseOption = None,
) -> None:
    """Print which criteria correct solutions pass and known mistakes lose, and what an assignment's handout earns.

    An exercise gets a table of its own; assignments share one with their exercises. Of assignments, also which share of
    the automatic marks rests on claims: on what a submission's process says of itself.
    """
    found = the_course(course)
    if whole and ids:
        raise UsageError("--all: looks at the whole course; leave the ids out")
    from grader.authoring.workshop import Workshop
    from grader.course.folder import ids_meant

    asked = list(found.assignments) if whole else ids_meant(found, ids) if ids else list(found.exercises)
    assignments = [id_ for id_ in asked if "/" not in id_]
    of_these = found.exercises if whole else [e for id_ in assignments for e in found.assignment(id_).exercises]
    mismatches: list[str] = []
    with Workshop(found) as workshop:
        for id_ in asked:
            if "/" in id_:
                audited = _audited(workshop, id_)
                mismatches += audited.mismatches
                screen.tables().print(_matrix(audited), "")
        if assignments or of_these:
            mismatches += _one_table(found, workshop, [*assignments, *dict.fromkeys(of_these)])
    mismatches += _claims(found, assignments if ids else list(found.assignments))
    in_order = sorted(asked, key=lambda id_: "/" not in id_)
    screen.finish(mismatches, f"as promised: {'the whole course' if whole else ', '.join(in_order)}")


def _audited(workshop: "Workshop", id_: str) -> "AuditTable":
    with screen.progress(f"auditing {id_}"):
        return workshop.audit(id_)


def _one_table(course: "Course", workshop: "Workshop", ids: Sequence[str]) -> list[str]:
    """Print a line for each; what cannot be looked at at all does not stop the others."""
    from rich.table import Column, Table

    from grader.grading.line import Grading

    table = Table(Column(no_wrap=True), box=None, pad_edge=False, header_style="bold")
    for heading in ("solved", "untouched", "wheats", "chaffs", "holds"):
        table.add_column(heading, justify="left" if heading == "holds" else "right", no_wrap=True)
    mismatches: list[str] = []
    with Grading(course, device="cpu", stale_ok=True) as grading:
        for id_ in ids:
            try:
                cells, found = _exercise_line(workshop, id_) if "/" in id_ else _assignment_line(course, id_, grading)
            except CourseError as error:
                cells, found = [""] * 4, (str(error),)
            mismatches += found
            table.add_row(id_, *cells, "NO" if found else "yes")
    screen.tables().print(table)
    return mismatches


def _assignment_line(course: "Course", id_: str, grading: "Grading") -> tuple[list[str], tuple[str, ...]]:
    from grader.authoring.audit import rehearse
    from grader.report.terminal import number

    with screen.progress(f"grading the handout of {id_}"):
        found = rehearse(course, id_, grading)
    return [f"{number(found.solved)}/{number(found.automatic)}", number(found.untouched), "", ""], found.mismatches


def _claims(course: "Course", assignments: Sequence[str]) -> list[str]:
    """Print of each assignment what share of its marks rests on claims."""
    from grader.authoring.claims import claimed_percent

    mismatches: list[str] = []
    for id_ in assignments:
        try:
            percent, too_much = claimed_percent(course, id_)
        except CourseError:  # which was told where the exercise was looked at
            continue
        screen.say(f"{id_}: {percent:.1f} % of the automatic marks rest on claims")
        mismatches += too_much
    return mismatches


def _exercise_line(workshop: "Workshop", id_: str) -> tuple[list[str], tuple[str, ...]]:
    audited = _audited(workshop, id_)
    right, nothing, *known = (_count(audited, kind) for kind in ("dialect ", "nothing written", "wheats/", "chaffs/"))
    return [right, "0" if nothing == "1/1" else "not 0", *known], audited.mismatches  # the reference is a dialect too


def _count(audited: "AuditTable", kind: str) -> str:
    """Of the rows of this kind, how many show on both sets what they promise: "6/6"."""
    rows = [row for row in audited.rows if row.name.startswith(kind)]
    names = {row.name for row in rows}
    return f"{len(names - {row.name for row in rows if row.mismatches})}/{len(names)}"


def _matrix(audited: "AuditTable") -> "Table":
    """A line for each file, a column for each criterion; the two sets share a line where they show the same."""
    from rich.table import Table

    criteria = [verdict.criterion for verdict in audited.rows[0].judgement.verdicts]
    letters = [*ascii_lowercase, *map(str, range(27, len(criteria) + 1))][: len(criteria)]
    table = Table(box=None, title=audited.exercise, title_justify="left", title_style="bold")
    table.caption_justify, table.caption_style = "left", "dim"
    table.caption = ", ".join(f"{letter} {criterion}" for letter, criterion in zip(letters, criteria, strict=True))
    for heading in ("file", "set", *letters, ""):
        table.add_column(heading, no_wrap=heading in ("file", "set"))
    for row, which in _merged(audited):
        table.add_row(row.name, which, *_marks(row), "as promised" if not row.mismatches else "NOT as promised")
    return table


def _merged(audited: "AuditTable") -> "Iterator[tuple[AuditRow, str]]":
    for name in dict.fromkeys(row.name for row in audited.rows):
        rows = [row for row in audited.rows if row.name == name]
        same = len({(_marks(row), bool(row.mismatches)) for row in rows}) == 1
        yield from [(rows[0], "both")] if same else [(row, row.which) for row in rows]


def _marks(row: "AuditRow") -> tuple[str, ...]:
    from grader.report.terminal import SHOWN_AS

    return tuple(SHOWN_AS[verdict.status][0] for verdict in row.judgement.verdicts)
