"""`grade doctor`: what holds on this machine."""

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

import typer

from grader.cli import screen
from grader.cli.options import CourseOption, Device, DeviceOption, the_course
from grader.model.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.folder import Course

SHOWN_VERSIONS = ("grader", "torch", "numpy", "safetensors", "pydantic")
MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("–", "dim")}


def doctor(course: CourseOption = None, device: DeviceOption = Device.AUTO) -> None:
    """Show the isolation that holds here and why, devices, versions, and the course that is found."""
    from grader.sandbox.doctor import examine

    with screen.progress() as progress:
        progress("examining this machine")
        findings = examine(device.value)
    for finding in findings:
        _show(finding.ok, finding.name, finding.detail)
    _show(None, "versions", ", ".join([f"Python {platform.python_version()}", *map(_version, SHOWN_VERSIONS)]))
    try:
        found = the_course(course)
    except CourseError as error:
        _show(False, "course", str(error))
        raise typer.Exit(error.exit_status) from error
    _show(True, "course", f"{found.root}: {', '.join(found.assignments) or 'no assignments'}")
    for ok, detail in _fixtures(found):
        _show(ok, "fixtures", detail)


def _fixtures(course: "Course") -> "Iterator[tuple[bool | None, str]]":
    """Whether hidden inputs are secret: those drawn from the published seed can be drawn by students too."""
    from grader.course.fixtures import read_fixture

    for id_, exercise in course.exercises.items():
        try:
            published = read_fixture(exercise, "hidden").seed_is_published
        except CourseError as error:
            yield False, str(error)
        else:
            seed = "the published seed, so students can draw them too" if published else "a secret seed"
            yield None if published else True, f"{id_}: hidden inputs come from {seed}"


def _version(name: str) -> str:
    return f"{name} {version(name)}"


def _show(ok: bool | None, name: str, detail: str) -> None:
    from rich.text import Text

    from grader.report.plain import line

    mark, style = MARKS[ok]
    screen.results().print(Text.assemble((mark, style), f" {name:<10} {line(detail)}"), soft_wrap=True)
