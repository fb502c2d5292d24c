"""Does an assignment mark as it should? Its handout, solved and untouched, goes through the whole line of grading.

Solved, it must earn every mark that exercises decide; as students get it, nothing, and nothing held against it.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.handout.handout import render_handout, render_solved
from grader.course.folder import Course
from grader.grading.line import Grading
from grader.model.errors import GraderError
from grader.model.report import Report
from grader.model.verdict import Status


@dataclass(frozen=True)
class Rehearsal:
    """Marks of one assignment's solved and untouched handout, and what is not as it should be, one line each."""

    assignment: str
    automatic: float  # marks that exercises decide
    solved: float
    untouched: float
    mismatches: tuple[str, ...]


def rehearse(course: Course, assignment: str, grading: Grading) -> Rehearsal:
    """Grade both; `grading` must find the assignment by itself. Raises CourseError where the handout can't be made."""
    automatic = round(sum(item.marks for part in course.assignment(assignment).parts for item in part.items), 6)
    found: dict[str, float] = {}
    mismatches: list[str] = []
    for name, files, wanted in (
        ("solved", render_solved(course, assignment), Status.PASSED),
        ("untouched", render_handout(course, assignment), Status.NOT_ATTEMPTED),
    ):
        graded = _graded(grading, f"{assignment}-{name}", files)
        found[name] = graded.score if isinstance(graded, Report) else 0.0
        mismatches += [f"{assignment}, {name} handout: {line}" for line in _not_as(wanted, graded, assignment)]
    return Rehearsal(assignment, automatic, **found, mismatches=tuple(mismatches))


def _graded(grading: Grading, name: str, files: Mapping[str, str]) -> Report | GraderError:
    with tempfile.TemporaryDirectory(prefix="grade-rehearsal-") as scratch:
        folder = Path(scratch) / name
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        try:
            return grading.grade(folder)
        except GraderError as error:
            return error


def _not_as(wanted: Status, graded: Report | GraderError, assignment: str) -> Iterator[str]:
    if isinstance(graded, GraderError):
        yield f"is not graded: {graded}"
        return
    if graded.assignment != assignment:
        yield f"is taken for {graded.assignment}"
    for criterion in (c for part in graded.parts for c in part.criteria if c.exercise is not None):
        if criterion.status is not wanted:
            because = f": {criterion.message}" if criterion.message else ""
            what = f"should be {wanted.value}; it is {criterion.status.value}"
            yield f"{criterion.exercise} {criterion.id} {what}{because}"
