"""`grade doctor`: what holds on this machine."""

import platform
from typing import TYPE_CHECKING

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, DeviceOption, the_course
from grader.model.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.folder import Course

SHOWN_VERSIONS = ("grader", "torch", "numpy", "safetensors", "pydantic")
MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("–", "dim")}
NAMED_AT_MOST = 3  # exercises in one line; of more, their number


def doctor(course: CourseOption = None, device: DeviceOption = "auto") -> None:
    """Show the isolation that holds here and why, devices, versions, and the course that is found."""
    from importlib.metadata import version

    from grader.report.layout import Page, Span
    from grader.sandbox.doctor import examine

    with screen.progress("examining this machine"):
        rows = [(finding.ok, finding.name, finding.detail) for finding in examine(device)]
    versions = (f"{name} {version(name)}" for name in SHOWN_VERSIONS)
    rows.append((None, "versions", ", ".join([f"Python {platform.python_version()}", *versions])))
    status = 0
    try:
        found = the_course(course)
    except CourseError as error:
        rows.append((False, "course", str(error)))
        status = error.exit_status
    else:
        rows.append((True, "course", f"{found.root}: {', '.join(found.assignments) or 'no assignments'}"))
        rows += ((ok, "fixtures", detail) for ok, detail in _fixtures(found))
    page = Page(screen.results())
    for ok, name, detail in rows:
        page.columns(Span(*MARKS[ok], 1), Span(name, width=10), Span(detail))
    page.show()
    raise typer.Exit(status)


def _fixtures(course: "Course") -> "Iterator[tuple[bool | None, str]]":
    """Whether hidden inputs are secret: those drawn from the published seed can be drawn by students too.

    Exercises of which the same is true share a line.
    """
    from grader.course.fixtures import read_fixture

    if course.is_release:
        yield None, "public cases alone, as students get them: grade check works here, grading does not"
        return
    secret: list[str] = []
    published: list[str] = []
    wrong: dict[str, list[str]] = {}  # by what is wrong, whichever exercise it is about
    for id_, exercise in course.exercises.items():
        try:
            (published if read_fixture(exercise, "hidden").seed_is_published else secret).append(id_)
        except CourseError as error:
            wrong.setdefault(str(error).replace(id_, ""), []).append(str(error))
    for messages in wrong.values():
        yield False, messages[0] + (f" – and {len(messages) - 1} more like this" if len(messages) > 1 else "")
    if secret:
        yield True, f"{_named(secret, course)}: hidden inputs come from a secret seed"
    if published:
        seed = "the published seed, so students can draw them too"
        advice = "before grading a class: grade fixtures build --secret FILE"
        yield None, f"{_named(published, course)}: hidden inputs come from {seed}; {advice}"


def _named(ids: list[str], course: "Course") -> str:
    if len(ids) == len(course.exercises) > 1:
        return f"all {len(ids)} exercises"
    return ", ".join(ids) if len(ids) <= NAMED_AT_MOST else f"{len(ids)} exercises"
