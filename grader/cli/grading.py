"""`grade SUBMISSION…`, the default command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.faults import OUR_FAULT, describe_fault
from grader.cli.options import CourseOption, Device, DeviceOption, the_course
from grader.model.errors import GraderError, UsageError
from grader.sandbox.tiers.choice import AUTO, Isolation

if TYPE_CHECKING:
    from rich.console import Console

    from grader.course.folder import Course
    from grader.grading.line import Grading
    from grader.model.report import Refusal, Report

STANDARD_OUTPUT = Path("-")


def grade(
    submissions: Annotated[
        list[Path], typer.Argument(metavar="SUBMISSION...", help="A .zip, a folder, an .ipynb or a .py.")
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
        list[str] | None, typer.Option("--only", metavar="EXERCISE", help="Grade this exercise alone; can be repeated.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the JSON report there; - for standard output.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="S", help="Seconds for each exercise's code.")
    ] = None,
) -> None:
    """Grade submissions and print each one's report."""
    _check(json, timeout)
    found = the_course(course)
    _check_ids(found, assignment, only or [])
    from grader.grading.line import Grading

    pipeline = Grading(
        found,
        isolation=isolation,
        device=device.value,
        timeout_s=timeout,
        only=frozenset(only) if only else None,
        assignment=assignment,
    )
    console = None if json == STANDARD_OUTPUT else screen.results()
    with pipeline as ready:
        reports, refused = _grade_each(ready, submissions, console)
    several = len(submissions) > 1
    if json is not None and (several or reports):
        _write_json(reports, refused, json, several)
    if console is not None and several:
        from grader.report.summary import print_summary

        print_summary(reports, refused, console)
    raise typer.Exit(max((refusal.exit_status for refusal in refused), default=0))


def _check(json: Path | None, timeout: float | None) -> None:
    if timeout is not None and not timeout > 0:
        raise UsageError(f"--timeout {timeout:g}: give a number of seconds above 0")
    if json is not None and json != STANDARD_OUTPUT and (json.is_dir() or not json.parent.is_dir()):
        raise UsageError(f"--json {json}: no file can be written there; name a file in a folder that exists")


def _check_ids(course: "Course", assignment: str | None, only: list[str]) -> None:
    for exercise in only:
        course.exercise(exercise)
    if assignment is not None:
        course.assignment(assignment)


def _grade_each(
    pipeline: "Grading", submissions: list[Path], console: "Console | None"
) -> tuple[list["Report"], list["Refusal"]]:
    """Grade each submission and print its report; one that cannot be graded does not stop the others."""
    from grader.model.report import Refusal
    from grader.report.terminal import print_report

    reports: list[Report] = []
    refused: list[Refusal] = []
    for path in submissions:
        try:
            with screen.progress() as progress:
                progress(f"grading {path}")
                report = pipeline.grade(path, progress)
        except Exception as error:
            message, status = _why_not(error, path)
            screen.complain(message)
            refused.append(Refusal(submission=str(path), error=message, exit_status=status))
            continue
        reports.append(report)
        if console is not None:
            print_report(report, console)
    return reports, refused


def _why_not(error: Exception, path: Path) -> tuple[str, int]:
    if isinstance(error, GraderError):
        message = str(error)
        return message if path.name in message else f"{path}: {message}", error.exit_status
    return f"{path}: {describe_fault(error)}", OUR_FAULT


def _write_json(reports: list["Report"], refused: list["Refusal"], file: Path, several: bool) -> None:
    from grader.report.as_json import reports_to_json, to_json

    text = reports_to_json(reports, refused) if several else to_json(reports[0])
    if file == STANDARD_OUTPUT:
        typer.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
