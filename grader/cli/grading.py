"""`grade SUBMISSION…`, the default command."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, Device, DeviceOption, the_course
from grader.cli.showing import FullOption, JsonOption, StaleOption, require_writable, show_reports
from grader.course.finding import content_folders, find_root
from grader.model.errors import UsageError
from grader.sandbox.sandbox import start_sandbox
from grader.sandbox.tiers.tier import AUTO, Isolation

if TYPE_CHECKING:
    from grader.classroom.finding import Found
    from grader.course.folder import Course
    from grader.model.observation import Run
    from grader.model.report import Report


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
    json: JsonOption = None,
    full: FullOption = False,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Keep what was seen of each submission there, for grade judge."),
    ] = None,
    stale_ok: StaleOption = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="S", help="Seconds for each exercise's code.")
    ] = None,
) -> None:
    """Grade submissions: the report of one, a table of several."""
    if timeout is not None and not timeout > 0:
        raise UsageError(f"--timeout {timeout:g}: give a number of seconds above 0")
    require_writable(json)
    # the judge computes beside the submission, where numpy's own threads would take that one's processor
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    root = find_root(course, Path.cwd())
    # started first: it imports torch while we read the course, unpack the submission and read the fixtures
    with closing(start_sandbox(isolation, device.value, hidden=content_folders(root))) as sandbox:
        found = _course_to_grade_by(root, assignment)
        from grader.classroom.finding import submissions_in
        from grader.course.folder import all_meant
        from grader.grading.line import Grading

        pipeline = Grading(
            found,
            timeout_s=timeout,
            only=frozenset(all_meant(found, only)) if only else None,
            assignment=assignment,
            stale_ok=stale_ok,
            sandbox=sandbox,
        )
        unkept: list[str] = []
        with pipeline as ready:
            given, remarks = submissions_in(submissions)
            for remark in remarks:
                screen.complain(remark)

            def report_of(one: "Found", progress: "Callable[[str], None]") -> "Report":
                progress(f"grading {one.path}")
                run, report = ready.observe_and_judge(one.path, progress)
                report = one.named(report)
                if keep is not None:
                    unkept.extend(_keep(replace(run, submission=report.submission), keep))
                return report

            status = show_reports(given, report_of, json, full, list(found.assignments))
    for problem in unkept:
        screen.complain(problem)
    raise typer.Exit(max(status, UsageError.exit_status if unkept else 0))


def _course_to_grade_by(root: Path, assignment: str | None) -> "Course":
    found = the_course(root)
    if found.is_release:
        raise UsageError(
            f"{found.root}: is what students get, with no hidden cases to grade by; check your own work with grade "
            "check, or name the course with --course"
        )
    if assignment is not None:
        found.assignment(assignment)
    return found


def _keep(run: "Run", folder: Path) -> list[str]:
    """Why the run could not be kept; its report is not lost by that."""
    from grader.grading.keeping import write_run

    try:
        write_run(run, folder)
    except UsageError as error:
        return [str(error)]
    return []
