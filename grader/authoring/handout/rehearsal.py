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
from grader.model.report import CriterionReport, Report
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
    rubric = course.assignment(assignment)
    automatic = round(sum(item.marks for part in rubric.parts for item in part.items), 6)
    solved = _graded(grading, f"{assignment}-solved", render_solved(course, assignment))
    untouched = _graded(grading, f"{assignment}-untouched", render_handout(course, assignment))
    mismatches = [f"{assignment}, solved handout: {line}" for line in _not_as(Status.PASSED, solved, assignment)]
    mismatches += [
        f"{assignment}, untouched handout: {line}" for line in _not_as(Status.NOT_ATTEMPTED, untouched, assignment)
    ]
    return Rehearsal(assignment, automatic, _score(solved), _score(untouched), tuple(mismatches))


def _graded(grading: Grading, name: str, files: Mapping[str, str]) -> Report | GraderError:
    with tempfile.TemporaryDirectory(prefix="grade-rehearsal-") as scratch:
        folder = Path(scratch) / name
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        try:
            return grading.grade(folder)
        except GraderError as error:
            return error


def _score(graded: Report | GraderError) -> float:
    return graded.score if isinstance(graded, Report) else 0.0


def _not_as(wanted: Status, graded: Report | GraderError, assignment: str) -> Iterator[str]:
    if isinstance(graded, GraderError):
        yield f"is not graded: {graded}"
        return
    if graded.assignment != assignment:
        yield f"is taken for {graded.assignment}"
    for criterion in _automatic(graded):
        if criterion.status is not wanted:
            because = f": {criterion.message}" if criterion.message else ""
            found, expected = criterion.status.value, wanted.value
            yield f"{criterion.exercise} {criterion.id} should be {expected}; it is {found}{because}"


def _automatic(report: Report) -> Iterator[CriterionReport]:
    return (c for part in report.parts for c in part.criteria if c.exercise is not None)
