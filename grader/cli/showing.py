"""Reports one after another: what a person sees of them, and the file of JSON."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from grader.cli import screen
from grader.cli.options import STANDARD_OUTPUT
from grader.model.errors import GraderError, OutputError, ReaderGoneError, UsageError

if TYPE_CHECKING:
    from grader.classroom.finding import Found
    from grader.model.report import Refusal, Report

    ReportOf = Callable[[Found, Callable[[str], None]], tuple[Report, Sequence[str]]]

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
    written = _JsonFile(json, several)
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

    try:
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
                written.add(report)
                problems += wrong
                show(Shown.add, report)
        show(Shown.close)
    finally:  # also where somebody stops it
        written.close(refused)
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


class _JsonFile:
    """The file of `--json`, or standard output; each report is there as soon as it is made."""

    def __init__(self, file: Path | None, several: bool) -> None:
        from grader.report.as_json import JsonOfSeveral

        self._file = file
        self._mode = "w"
        self._several = JsonOfSeveral(self._write) if several else None
        self._failed: OSError | None = None

    def add(self, report: "Report") -> None:
        from grader.report.as_json import to_json

        self._several.add(report) if self._several else self._write(to_json(report))

    def close(self, refused: "Sequence[Refusal]") -> None:
        """Raises OutputError where it could not be written."""
        if self._several:
            self._several.close(refused)
        if self._failed is not None:
            raise OutputError(f"--json {self._file}: cannot be written ({self._failed.strerror}); name another place")

    def _write(self, text: str) -> None:
        if self._file == STANDARD_OUTPUT:
            typer.echo(text, nl=False)
        elif self._file is not None and self._failed is None:
            try:
                with self._file.open(self._mode, encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                self._failed = error
            self._mode = "a"
