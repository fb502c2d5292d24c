"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from grader.course.folder import Course


class Device(StrEnum):
    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


CourseOption = Annotated[
    Path | None,
    typer.Option(
        "--course",
        metavar="DIR",
        help="Course folder; else $GRADE_COURSE, the nearest parent folder that is one, or the one that ships.",
    ),
]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where the submission's code computes.")]


def the_course(explicit: Path | None) -> "Course":
    """Raises CourseError where the folder is no course."""
    from grader.course.folder import find_course

    return find_course(explicit, Path.cwd())


def chosen_exercises(course: "Course", given: list[str] | None) -> list[str]:
    """The exercises that are meant by what was given; every one for nothing. Raises CourseError."""
    from grader.course.folder import all_meant

    return all_meant(course, given) if given else list(course.exercises)


def chosen_assignments(course: "Course", given: list[str] | None) -> list[str]:
    """The assignments that were given; every one for none. Raises CourseError."""
    for id_ in given or ():
        course.assignment(id_)
    return list(dict.fromkeys(given or course.assignments))
