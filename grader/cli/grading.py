"""`grade SUBMISSION…`, the default command, and `grade judge RUN…`, which runs nobody's code."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, DeviceOption, named, the_course
from grader.cli.showing import FullOption, JsonOption, StaleOption, require_writable, show_reports
from grader.course.finding import content_folders, find_root
from grader.model.errors import UsageError
from grader.sandbox.sandbox import start_sandbox
from grader.sandbox.tiers.tier import AUTO, Isolation

if TYPE_CHECKING:
    from grader.classroom.finding import Found
    from grader.course.folder import Course
    from grader.grading.line import Grading
    from grader.model.report import Report


def grade(
    submissions: Annotated[
        list[Path],
        typer.Argument(metavar="SUBMISSION...", help="A .zip, a folder, an .ipynb or a .py; or a folder of zips."),
    ],
    assignment: Annotated[
        str | None, typer.Option(metavar="ID", help="Assignment; else found from the submission.")
    ] = None,
    course: CourseOption = None,
    device: DeviceOption = "auto",
    isolation: Annotated[
        Isolation, typer.Option(help="Sandbox for the submission's code; auto takes the strongest.")
    ] = AUTO,
    only: Annotated[
        list[str] | None, typer.Option(metavar="EXERCISE", help="Grade this exercise or topic alone; can be repeated.")
    ] = None,
    json: JsonOption = None,
    full: FullOption = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep what was seen of each submission there, for grade judge.")
    ] = None,
    stale_ok: StaleOption = False,
    handout: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="What students were given: untouched it earns nothing.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(metavar="S", help="Seconds for each exercise's code.")] = None,
) -> None:
    """Grade submissions: the report of one, a table of several."""
    if timeout is not None and not timeout > 0:
        raise UsageError(f"--timeout {timeout:g}: give a number of seconds above 0")
    require_writable(json)
    # the judge computes beside the submission, where numpy's own threads would take that one's processor
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    root = find_root(course, Path.cwd(), handed_in=submissions)
    # started first: it imports torch while we read the course, unpack the submission and read the fixtures
    with closing(start_sandbox(isolation, device, hidden=content_folders(root))) as sandbox:
        found = named(_course_to_grade_by(root, assignment, isolation), course, json)
        from grader.classroom.finding import submissions_in
        from grader.course.folder import all_meant
        from grader.grading.line import Grading

        given, remarks = submissions_in(submissions)
        for remark in remarks:
            screen.complain(remark)
        asked = frozenset(all_meant(found, only)) if only else None
        with Grading(
            found,
            timeout_s=timeout,
            only=asked,
            assignment=assignment,
            stale_ok=stale_ok,
            handouts=handout or (),
            sandbox=sandbox,
        ) as ready:
            show_reports(given, partial(_graded, ready, keep), json, full, list(found.assignments))


def _course_to_grade_by(root: Path, assignment: str | None, isolation: Isolation) -> "Course":
    from grader.course.folder import open_course

    found = open_course(root, isolation)
    if found.is_release:
        raise UsageError(
            f"{found.root}: is what students get, with no hidden cases to grade by; check your own work with grade "
            "check, or name the course with --course"
        )
    if assignment is not None:
        found.assignment(assignment)
    return found


def _graded(
    ready: "Grading", keep: Path | None, one: "Found", progress: Callable[[str], None]
) -> tuple["Report", list[str]]:
    """The report on a submission, and why its run could not be kept; the report is not lost by that."""
    progress(f"grading {one.path}")
    run, report = ready.observe_and_judge(one.path, progress)
    report = one.named(report)
    if keep is not None:
        from grader.grading.kept_runs import write_run

        try:
            write_run(replace(run, submission=report.submission), keep)
        except UsageError as error:
            return report, [str(error)]
    return report, []


def judge(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="What grade SUBMISSION --keep DIR wrote: files, or the folder."),
    ],
    json: JsonOption = None,
    full: FullOption = False,
    stale_ok: StaleOption = False,
    handout: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="What students were given: untouched it earns nothing.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Judge kept runs again, by the course's present rubrics and fixtures, without running any code.

    What was observed by other inputs or another probe than the course has now is named; it must run again.
    """
    require_writable(json)
    found = the_course(course, json=json)
    from grader.classroom.finding import Found
    from grader.grading.kept_runs import SUFFIX, judge_again, read_run
    from grader.grading.prepared import PreparedCourse

    paths = [path for given in runs for path in (sorted(given.glob(f"*{SUFFIX}")) if given.is_dir() else [given])]
    if not paths:
        raise UsageError(f"{runs[0]}: no run in it; give a folder or a file that grade SUBMISSION --keep DIR wrote")
    prepared = PreparedCourse(found, stale_ok=stale_ok)

    def report_of(one: Found, progress: Callable[[str], None]) -> "tuple[Report, list[str]]":
        progress(f"judging {one.path}")
        report, unobserved = judge_again(read_run(one.path), prepared)
        return report, [f"{one.path}: {id_} must run again: {why}" for id_, why in unobserved.items()]

    show_reports([Found(path, str(path)) for path in paths], report_of, json, full, list(found.assignments))
