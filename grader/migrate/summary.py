"""What an import says at its end: each question's points before and after, and whether all are there."""

from collections.abc import Sequence

from grader.course.folder import Course
from grader.migrate.question import Brought, Findings

_SAME = 1e-6  # marks are counted in millionths
_HEADINGS = ("points", "exercise", "person", "left out")


def table(findings: Findings) -> list[str]:
    """A line for each question, and their total."""
    brought = findings.brought
    known = [one for one in brought if one.points is not None]
    total = Brought("total", findings.points, sum(o.exercise for o in known), sum(o.person for o in known))
    width = max(len(one.where) for one in (*brought, total))
    head = "  ".join([" " * width, *(f"{heading:>8}" for heading in _HEADINGS)])
    return [head, *(_row(one, width) for one in (*brought, total))]


def missing(findings: Findings, course: Course) -> list[str]:
    """What of the source's points is not in the course, in words; empty where all are."""
    lines = []
    here = sum(rubric.marks for rubric in course.assignments.values())
    difference = findings.points - here
    if abs(difference) > _SAME:
        lines.append(f"the source has {_number(findings.points)} points, the course {_number(here)}: "
                     f"{_number(abs(difference))} {'are left out' if difference > 0 else 'too many'}")  # fmt: skip
    if unknown := sum(one.points is None for one in findings.brought):
        lines.append(f"{unknown} of the lines above have points that could not be counted: look there")
    return lines


def _row(one: Brought, width: int) -> str:
    cells: Sequence[str] = ("?", "", "", "?")
    if one.points is not None:
        left_out = one.points - one.exercise - one.person
        cells = [_number(one.points), *(_number(x) if x > _SAME else "" for x in (one.exercise, one.person, left_out))]
    return "  ".join([f"{one.where:<{width}}", *(f"{cell:>8}" for cell in cells), one.why]).rstrip()


def _number(points: float) -> str:
    return f"{round(points, 6):.10g}"
