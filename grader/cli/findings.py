"""Print what a verification found, and end with the exit status that it means."""

from collections.abc import Iterable
from typing import NoReturn

import typer

from grader.cli import screen

COURSE_IS_WRONG = 2  # the exit status of a CourseError


def say(lines: Iterable[object]) -> None:
    """Print each on a line of its own."""
    for text in lines:
        screen.say(str(text))


def finish(findings: Iterable[object], all_well: str) -> NoReturn:
    """Print each finding, or `all_well` where there is none."""
    found = tuple(findings)
    say(found or (all_well,))
    raise typer.Exit(COURSE_IS_WRONG if found else 0)
