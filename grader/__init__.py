"""Autograder for deep-learning courses: observe a submission in a sandbox, judge the observations."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.report.checked import Checked

__version__ = "0.1.0"


def check(exercise: str, entry: Any, course: str | Path | None = None) -> "Checked":
    """Check your own function or class on an exercise's public cases, in a notebook: check("topic/exercise", Net).

    The course is found from the current folder, as `grade check` finds it. Shown as a table; `.passed` tells whether
    every criterion is met. Raises UsageError or CourseError, in one line, where there is nothing to check.
    """
    from grader.grading.live import check_live  # imports torch, which `grade --help` must not
    from grader.report.checked import Checked

    return Checked(check_live(exercise, entry, course))
