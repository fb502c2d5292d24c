"""`grade audit`: does each exercise tell right answers from known mistakes?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.cli import screen
from grader.cli.findings import finish
from grader.cli.fixtures import Exercises
from grader.cli.options import CourseOption, chosen, the_course

if TYPE_CHECKING:
    from rich.table import Table

    from grader.authoring.audit import AuditRow, AuditTable

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def audit(exercises: Exercises = None, course: CourseOption = None) -> None:
    """Print which criteria each correct solution passes and each known mistake loses."""
    found = the_course(course)
    ids = chosen(found.exercise, found.exercises, exercises)
    from grader.authoring.audit import audit_exercise

    console = screen.results()
    surprises: list[str] = []
    for id_ in ids:
        with screen.progress() as progress:
            progress(f"auditing {id_}")
            audited = audit_exercise(found, id_)
        console.print(_matrix(audited))
        console.print()
        surprises.extend(audited.surprises)
    finish(surprises, f"as promised: {', '.join(ids)}")


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
