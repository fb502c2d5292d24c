"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from grader.course.folder import Course


CourseOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Course folder; else $GRADE_COURSE, the nearest parent folder that is one, or the one that ships.",
    ),
]
DeviceOption = Annotated[Literal["auto", "cpu", "cuda"], typer.Option(help="Where the submission's code computes.")]


def the_course(explicit: Path | None) -> "Course":
    """Raises CourseError where the folder is no course."""
    from grader.course.folder import find_course

    return find_course(explicit, Path.cwd())


def course_and_exercises(explicit: Path | None, given: list[str] | None) -> tuple["Course", list[str]]:
    """The course, and those of its exercises that are meant; every one for nothing. Raises CourseError."""
    from grader.course.folder import all_meant

    course = the_course(explicit)
    return course, all_meant(course, given) if given else list(course.exercises)


def course_and_assignments(explicit: Path | None, given: list[str] | None) -> tuple["Course", list[str]]:
    """The course, and the assignments that were given; every one for none. Raises CourseError."""
    course = the_course(explicit)
    for id_ in given or ():
        course.assignment(id_)
    return course, list(dict.fromkeys(given or course.assignments))
