"""Reports one after another: what a person sees of them, and the file of JSON."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from grader.cli import screen
from grader.model.errors import GraderError, OutputError, ReaderGoneError, UsageError

if TYPE_CHECKING:
    from grader.classroom.finding import Found
    from grader.model.report import Refusal, Report

    ReportOf = Callable[[Found, Callable[[str], None]], tuple[Report, Sequence[str]]]

STANDARD_OUTPUT = Path("-")

JsonOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the JSON report there; - for standard output.")
]
FullOption = Annotated[
    bool, typer.Option("--full", help="Show every criterion, of several submissions too; else what lost marks.")
]
StaleOption = Annotated[
    bool, typer.Option("--stale-ok", help="Go on with fixtures whose sources changed since; each report says so.")
]


def require_writable(json: Path | None) -> None:
    """Raises UsageError before anything is graded in vain."""
    if json is None or json == STANDARD_OUTPUT:
        return
    if json.is_dir() or not json.parent.is_dir():
        raise UsageError(f"--json {json}: no file can be written there; name a file in a folder that exists")
    if not os.access(json if json.exists() else json.parent, os.W_OK):
        raise UsageError(f"--json {json}: you may not write there; name a file in a folder of your own")


def show_reports(
    given: "Sequence[Found]", report_of: "ReportOf", json: Path | None, full: bool, assignments: Sequence[str]
) -> NoReturn:
    """Show the reports, and write the JSON; ends with the highest exit status of what could not be had.

    `report_of` gives the report on one, and what else went wrong with it.
    """
    from grader.report.summary import Shown

    several = len(given) > 1
    names = [one.short_name for one in given] if several else None
    shown = None if json == STANDARD_OUTPUT else Shown(screen.results(), names, assignments, full=full)
    reports: list[Report] = []
    refused: list[Refusal] = []
    problems: list[str] = []
    unseen: list[Exception] = []

    def show(what: Callable[..., None], *args: object) -> None:
        try:
            if shown is not None:
                what(shown, *args)
        except (ReaderGoneError, OutputError) as error:
            if json is None:
                raise
            unseen.append(error)  # the work goes on to the file

    for one in given:
        try:
            with screen.progress() as progress:
                report, wrong = report_of(one, progress)
        except Exception as error:  # one that cannot be graded does not stop the others
            refused.append(_refusal(one, error))
            show(Shown.refuse, one.short_name, refused[-1].error)
            if not several or shown is None or not sys.stdout.isatty():  # else it stands in the table just there
                screen.complain(refused[-1].error)
        else:
            reports.append(report)
            problems += wrong
            show(Shown.add, report)
    show(Shown.close)
    if json is not None and (several or reports):
        _write_json(reports, refused, json, several)
    if unseen:
        raise unseen[0]
    for problem in problems:
        screen.complain(problem)
    raise typer.Exit(max([UsageError.exit_status if problems else 0, *(refusal.exit_status for refusal in refused)]))


def _refusal(one: "Found", error: Exception) -> "Refusal":
    from grader.model.report import Refusal

    message, status = screen.describe(error)
    if not isinstance(error, GraderError) or one.path.name not in message:
        message = f"{one.path}: {message}"
    return Refusal(submission=one.name, error=message, exit_status=status)


def _write_json(reports: list["Report"], refused: list["Refusal"], file: Path, several: bool) -> None:
    from grader.model.report import Reports
    from grader.report.as_json import to_json

    text = to_json(Reports(reports=tuple(reports), refused=tuple(refused)) if several else reports[0])
    if file == STANDARD_OUTPUT:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"--json {file}: cannot be written ({error.strerror}); name another place") from None
