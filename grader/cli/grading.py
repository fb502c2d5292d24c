"""`grade SUBMISSION…`, the default command."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.faults import describe_fault
from grader.cli.options import CourseOption, Device, DeviceOption, the_course
from grader.model.errors import GraderError, OutputError, UsageError
from grader.sandbox.tiers.choice import AUTO, Isolation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.classroom.finding import Found
    from grader.grading.line import Grading
    from grader.model.report import Refusal, Report
    from grader.report.summary import Shown

STANDARD_OUTPUT = Path("-")


def grade(
    submissions: Annotated[
        list[Path],
        typer.Argument(metavar="SUBMISSION...", help="A .zip, a folder, an .ipynb or a .py; or a folder of zips."),
    ],
    assignment: Annotated[
        str | None, typer.Option("--assignment", metavar="ID", help="Assignment; else found from the submission.")
    ] = None,
    course: CourseOption = None,
    device: DeviceOption = Device.AUTO,
    isolation: Annotated[
        Isolation, typer.Option("--isolation", help="Sandbox for the submission's code; auto takes the strongest.")
    ] = AUTO,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="EXERCISE", help="Grade this exercise or topic alone; can be repeated."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the JSON report there; - for standard output.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Show every criterion, of several submissions too; else what lost marks.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="S", help="Seconds for each exercise's code.")
    ] = None,
) -> None:
    """Grade submissions: the report of one, a table of several."""
    _check(json, timeout)
    found = the_course(course)
    if found.is_release:
        raise UsageError(
            f"{found.root}: is what students get, with no hidden cases to grade by; check your own work with grade "
            "check, or name the course with --course"
        )
    if assignment is not None:
        found.assignment(assignment)
    from grader.classroom.finding import submissions_in
    from grader.course.meaning import all_meant
    from grader.grading.line import Grading

    pipeline = Grading(
        found,
        isolation=isolation,
        device=device.value,
        timeout_s=timeout,
        only=frozenset(all_meant(found, only)) if only else None,
        assignment=assignment,
    )
    with pipeline as ready:
        from grader.report.summary import Shown  # while the sandbox starts

        given, remarks = submissions_in(submissions)
        for remark in remarks:
            screen.complain(remark)
        several = len(given) > 1
        names = [one.short_name for one in given] if several else None
        shown = None if json == STANDARD_OUTPUT else Shown(screen.results(), names, list(found.assignments), full=full)
        reports, refused = _grade_each(ready, given, shown, unseen := screen.Unseen(has_file=json is not None))
    if json is not None and (several or reports):
        _write_json(reports, refused, json, several)
    unseen.tell()
    raise typer.Exit(max((refusal.exit_status for refusal in refused), default=0))


def _check(json: Path | None, timeout: float | None) -> None:
    if timeout is not None and not timeout > 0:
        raise UsageError(f"--timeout {timeout:g}: give a number of seconds above 0")
    if json is None or json == STANDARD_OUTPUT:
        return
    if json.is_dir() or not json.parent.is_dir():
        raise UsageError(f"--json {json}: no file can be written there; name a file in a folder that exists")
    if not os.access(json if json.exists() else json.parent, os.W_OK):
        raise UsageError(f"--json {json}: you may not write there; name a file in a folder of your own")


def _grade_each(
    pipeline: "Grading", given: "Sequence[Found]", shown: "Shown | None", unseen: screen.Unseen
) -> tuple[list["Report"], list["Refusal"]]:
    """Grade each submission and show what came of it; one that cannot be graded does not stop the others."""
    from grader.model.report import Refusal

    reports: list[Report] = []
    refused: list[Refusal] = []
    for one in given:
        try:
            with screen.progress() as progress:
                progress(f"grading {one.path}")
                report = one.named(pipeline.grade(one.path, progress))
        except Exception as error:
            message, status = _why_not(error, one.path)
            refused.append(Refusal(submission=one.name, error=message, exit_status=status))
            if shown is not None:
                with unseen:
                    shown.refuse(one.short_name, message)
            if len(given) == 1 or shown is None or not sys.stdout.isatty():  # else it stands in the table just there
                screen.complain(message)
            continue
        reports.append(report)
        if shown is not None:
            with unseen:
                shown.add(report)
    if shown is not None:
        with unseen:
            shown.close()
    return reports, refused


def _why_not(error: Exception, path: Path) -> tuple[str, int]:
    if isinstance(error, GraderError):
        message = str(error)
        return message if path.name in message else f"{path}: {message}", error.exit_status
    message, status = describe_fault(error)
    return f"{path}: {message}", status


def _write_json(reports: list["Report"], refused: list["Refusal"], file: Path, several: bool) -> None:
    from grader.report.as_json import reports_to_json, to_json

    text = reports_to_json(reports, refused) if several else to_json(reports[0])
    if file == STANDARD_OUTPUT:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"--json {file}: cannot be written ({error.strerror}); name another place") from None
