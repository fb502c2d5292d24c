"""Reports one after another: what a person sees of them, and the file of JSON."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.faults import describe_fault
from grader.model.errors import GraderError, OutputError, UsageError

if TYPE_CHECKING:
    from grader.classroom.finding import Found
    from grader.model.report import Refusal, Report
    from grader.report.summary import Shown

STANDARD_OUTPUT = Path("-")

JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the JSON report there; - for standard output.")
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
    given: "Sequence[Found]",
    report_of: "Callable[[Found, Callable[[str], None]], Report]",
    json: Path | None,
    full: bool,
    assignments: Sequence[str],
) -> int:
    """Show what `report_of` gives for each, and write the JSON; the highest exit status of what could not be had."""
    from grader.report.summary import Shown

    several = len(given) > 1
    names = [one.short_name for one in given] if several else None
    shown = None if json == STANDARD_OUTPUT else Shown(screen.results(), names, assignments, full=full)
    reports, refused = _show_each(given, report_of, shown, unseen := screen.Unseen(has_file=json is not None))
    if json is not None and (several or reports):
        _write_json(reports, refused, json, several)
    unseen.tell()
    return max((refusal.exit_status for refusal in refused), default=0)


def _show_each(
    given: "Sequence[Found]",
    report_of: "Callable[[Found, Callable[[str], None]], Report]",
    shown: "Shown | None",
    unseen: screen.Unseen,
) -> tuple[list["Report"], list["Refusal"]]:
    """Show what came of each; one that cannot be graded does not stop the others."""
    from grader.model.report import Refusal

    reports: list[Report] = []
    refused: list[Refusal] = []
    for one in given:
        try:
            with screen.progress() as progress:
                report = report_of(one, progress)
        except Exception as error:
            message, status = _why_not(error, one.path)
            refused.append(Refusal(submission=one.name, error=message, exit_status=status))
            if shown is not None:
                unseen.show(shown.refuse, one.short_name, message)
            if len(given) == 1 or shown is None or not sys.stdout.isatty():  # else it stands in the table just there
                screen.complain(message)
            continue
        reports.append(report)
        if shown is not None:
            unseen.show(shown.add, report)
    if shown is not None:
        unseen.show(shown.close)
    return reports, refused


def _why_not(error: Exception, path: Path) -> tuple[str, int]:
    if isinstance(error, GraderError):
        message = str(error)
        return message if path.name in message else f"{path}: {message}", error.exit_status
    message, status = describe_fault(error)
    return f"{path}: {message}", status


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
