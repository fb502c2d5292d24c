"""What an import says: remarks, and each question's points before and after, and whether all are there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.course.folder import Course

_SAME = 1e-6  # marks are counted in millionths
_HEADINGS = ("points", "exercise", "person", "left out")


@dataclass(frozen=True)
class Brought:
    """What became of one question's points."""

    where: str
    points: float | None  # in the source; None where they cannot be told
    exercise: float = 0.0
    person: float = 0.0
    why: str = ""  # a person has them, or they are left out


@dataclass
class Findings:
    """What an import found, for the instructor: remarks of one line each, and what became of all points."""

    lines: list[str] = field(default_factory=list)
    brought: list[Brought] = field(default_factory=list)
    points: float = 0.0  # of the source, counted cell by cell before anything is made of them

    def add(self, where: str, *what: str) -> None:
        self.lines += [f"{where}: {one}" for one in what]

    def note_left_out(self, where: str, lines: Sequence[str]) -> None:
        self.add(where, *(f"left out of what is run: {line[:80]}" for line in lines))

    def leave_out(self, where: str, points: float | None, why: str) -> None:
        self.brought.append(Brought(where, points, why=why))

    def leave_out_strange_points(self, where: str, told: object) -> None:
        self.leave_out(where, None, f"its points are {told!r}, which is no number from 0 up")

    @property
    def left_out(self) -> str:
        """In words, for the message that there is nothing else; empty where nothing was left out."""
        told = ((one, "points unknown" if one.points is None else f"{one.points:g} points") for one in self.brought)
        return "".join(f"; {one.where} ({points}) {one.why}" for one, points in told)


def table(findings: Findings) -> list[str]:
    """A line for each question, and their total."""
    known = [one for one in findings.brought if one.points is not None]
    total = Brought("total", findings.points, sum(o.exercise for o in known), sum(o.person for o in known))
    rows = [("", _HEADINGS, ""), *((one.where, _cells(one), one.why) for one in (*findings.brought, total))]
    width = max(len(where) for where, _, _ in rows)
    return ["  ".join([f"{a:<{width}}", *(f"{cell:>8}" for cell in cells), z]).rstrip() for a, cells, z in rows]


def missing(findings: Findings, course: Course) -> list[str]:
    """What of the source's points is not in the course, in words; empty where all are."""
    lines, here = [], sum(rubric.marks for rubric in course.assignments.values())
    if abs(lost := findings.points - here) > _SAME:
        what = f"{_number(abs(lost))} {'are left out' if lost > 0 else 'too many'}"
        lines.append(f"the source has {_number(findings.points)} points, the course {_number(here)}: {what}")
    if unknown := sum(one.points is None for one in findings.brought):
        lines.append(f"{unknown} of the lines above have points that could not be counted: look there")
    return lines


def _cells(one: Brought) -> tuple[str, ...]:
    if one.points is None:
        return "?", "", "", "?"
    shares = one.exercise, one.person, one.points - one.exercise - one.person
    return _number(one.points), *(_number(x) if x > _SAME else "" for x in shares)


def _number(points: float) -> str:
    return f"{round(points, 6):.10g}"
