"""Options that several commands share."""

from collections.abc import Callable, Iterable
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


def chosen(require: Callable[[str], object], known: Iterable[str], given: list[str] | None) -> list[str]:
    """The ids that were given, each looked up with `require`, which raises CourseError; every known one for none."""
    for id_ in given or ():
        require(id_)
    return list(dict.fromkeys(given or known))
