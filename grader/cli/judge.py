"""`grade judge RUN…`: kept runs, judged again by the course as it is now; nobody's code runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, the_course
from grader.cli.showing import FullOption, JsonOption, StaleOption, require_writable, show_reports
from grader.model.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.finding import Found
    from grader.model.report import Report


def judge(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="What grade SUBMISSION --keep DIR wrote: files, or the folder."),
    ],
    json: JsonOption = None,
    full: FullOption = False,
    stale_ok: StaleOption = False,
    course: CourseOption = None,
) -> None:
    """Judge kept runs again, by the course's present rubrics and fixtures, without running any code.

    What was observed by other inputs or another probe than the course has now is named; it must run again.
    """
    require_writable(json)
    found = the_course(course)
    from grader.classroom.finding import Found
    from grader.grading.judge_again import Judging
    from grader.grading.keeping import SUFFIX, read_run

    judging, again = Judging(found, stale_ok=stale_ok), list[str]()
    paths = [path for given in runs for path in (sorted(given.glob(f"*{SUFFIX}")) if given.is_dir() else [given])]
    if not paths:
        raise UsageError(f"{runs[0]}: no run in it; give a folder or a file that grade SUBMISSION --keep DIR wrote")

    def report_of(one: "Found", progress: "Callable[[str], None]") -> "Report":
        progress(f"judging {one.path}")
        report, unobserved = judging.judge(read_run(one.path))
        again.extend(f"{one.path}: {id_} must run again: {why}" for id_, why in unobserved.items())
        return report

    status = show_reports([Found(path, str(path)) for path in paths], report_of, json, full, list(found.assignments))
    for problem in again:
        screen.complain(problem)
    raise typer.Exit(max(status, UsageError.exit_status if again else 0))
