"""Options that several commands share."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from grader.cli import screen
from grader.course.finding import given
from grader.model.errors import OutputError, ReaderGoneError

if TYPE_CHECKING:
    from grader.course.folder import Course

STANDARD_OUTPUT = Path("-")  # as the place of --json
CourseOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Course folder; else $GRADE_COURSE, or this folder or the nearest above it that is one.",
    ),
]
DeviceOption = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where the submission's code computes.")]


def the_course(explicit: Path | None, *, json: Path | None = None) -> "Course":
    """Raises CourseError where the folder is no course."""
    from grader.course.folder import find_course

    return named(find_course(explicit, Path.cwd()), explicit, json)


def named(course: "Course", explicit: Path | None, json: Path | None = None) -> "Course":
    """The course; where it was found and not given, it is told first: somebody else may have put one there."""
    if given(explicit) is None:
        from grader.course.used import is_new

        new = ", not used before" if is_new(course) else ""
        told = f"course: {course.root}, found from the working folder{new}"
        if json != STANDARD_OUTPUT:
            with suppress(OutputError, ReaderGoneError):  # said again when results cannot be shown
                screen.say(told)
        elif new:  # the report, which stands there alone, names the course
            screen.complain(told)
    return course


def course_and_exercises(explicit: Path | None, names: list[str] | None) -> tuple["Course", list[str]]:
    """The course, and those of its exercises that are meant; every one for nothing. Raises CourseError."""
    from grader.course.folder import all_meant

    course = the_course(explicit)
    return course, all_meant(course, names) if names else list(course.exercises)


def course_and_assignments(explicit: Path | None, names: list[str] | None) -> tuple["Course", list[str]]:
    """The course, and the assignments that were given; every one for none. Raises CourseError."""
    course = the_course(explicit)
    for id_ in names or ():
        course.assignment(id_)
    return course, list(dict.fromkeys(names or course.assignments))
