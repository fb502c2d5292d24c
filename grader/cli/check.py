"""`grade check [EXERCISE…] [PATH]`: a student's own check on the public cases."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, named
from grader.model.errors import CourseError, SubmissionError, UsageError
from grader.sandbox.tiers.tier import AUTO, UNCONFINED, Isolation

if TYPE_CHECKING:
    from grader.course.folder import Course

_LOOK_EVERY_S = 0.3
_WATCHED = (".py", ".ipynb", ".toml")


def check(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXERCISE]... [PATH]",
            help="Exercises or topics, else all; and a .zip, a folder, an .ipynb or a .py, else this folder.",
        ),
    ] = None,
    case: Annotated[str | None, typer.Option(metavar="NAME", help="This case alone, as a report names it.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file is saved; stop with Ctrl-C.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Show every criterion, not only what is not right yet.")] = False,
    isolation: Annotated[
        Isolation | None, typer.Option(help="Sandbox; none in the folder of a release of your own.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Check your own work on the public cases before you hand it in."""
    from grader.course.folder import find_own_course

    found = named(find_own_course(course, Path.cwd()), course)
    ids, path = _understood(found, what or [])
    if case is not None and len(ids) != 1:
        raise UsageError("--case NAME needs the one exercise that has the case: grade check EXERCISE --case NAME")
    if isolation is None and not _is_own_work(found, path):
        isolation = AUTO
        screen.say(f"{path}: not in the folder of a release of yours, so its code runs in the sandbox")
    from grader.grading.selfcheck import checking
    from grader.report.terminal import print_report

    with (
        screen.progress() as progress,
        checking(found, ids, case, isolation=isolation or UNCONFINED, progress=progress) as check_path,
    ):
        for _ in _saved(path) if watch else [None]:
            progress(f"checking {path}")
            try:
                report = check_path(path)
                progress("")
                print_report(report, screen.results(), full=full)
            except SubmissionError as error:
                if not watch:
                    raise
                progress("")
                screen.complain(str(error))


def _is_own_work(course: "Course", path: Path) -> bool:
    """Whether the code to run is that of who runs it: it lies where a release was unpacked, by the same user.

    Somebody else's work is checked too, by the line that a report gives to see a criterion again.
    """
    if not course.is_release or not path.exists():
        return course.is_release
    folder = course.root.resolve().parent
    owners = {place.stat().st_uid for place in (course.root, path)}
    return path.resolve().is_relative_to(folder) and owners <= {getattr(os, "geteuid", lambda: 0)()}


def _understood(course: "Course", what: list[str]) -> tuple[list[str], Path]:
    """The exercises and the path among the arguments; raises CourseError, UsageError."""
    from grader.course.folder import exercises_meant

    ids: list[str] = []
    paths: list[str] = []
    for text in what:
        try:
            ids += exercises_meant(course, text)
        except CourseError:
            if Path(text).exists():
                paths.append(text)
            elif Path(text).suffix:
                raise UsageError(f"{text}: there is no such file, folder or exercise; check the name") from None
            else:
                raise
    if len(paths) > 1:
        raise UsageError(f"grade check looks at one path, not at {len(paths)}: {', '.join(paths)}")
    return list(dict.fromkeys(ids)), Path(paths[0]) if paths else Path()


def _saved(path: Path) -> Iterator[None]:
    """At once, and then each time that a file of the work has been saved."""
    before = None
    while True:
        if (now := _times(path)) != before:
            before = now
            yield
        time.sleep(_LOOK_EVERY_S)


def _times(path: Path) -> dict[Path, int]:
    """When each file that is looked at was last written."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.suffix in _WATCHED]
    times = {}
    for file in files:
        with suppress(FileNotFoundError):  # an editor that replaces the file is between its two steps
            times[file] = file.stat().st_mtime_ns
    return times
