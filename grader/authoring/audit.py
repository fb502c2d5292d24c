"""Does an exercise judge, and does an assignment mark, as it should?

Every file of an exercise goes through probe and judge, on the recorded fixtures. The reference and every wheat must
pass everything. Every chaff must fail exactly the criteria that it says it loses; the others pass, or are blocked
behind those. An entry that returns None has attempted nothing.

An assignment's handout, solved and untouched, goes through the whole line of grading. Solved, it must earn every mark
that exercises decide; as students get it, nothing, and nothing held against it.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from grader.authoring.handout.handout import render_handout, render_solved
from grader.authoring.record.recording import load_chaff, load_dialects, load_solution, observe_all, right_solutions
from grader.course.fixtures import SETS, Which, read_fixture
from grader.course.folder import Course, Exercise
from grader.grading.in_process import Probe, load_probe
from grader.grading.line import Grading
from grader.judge.verdicts import Judgement, judge_exercise
from grader.model.errors import GraderError
from grader.model.fixture import Fixture
from grader.model.report import Report, Status, Verdict
from grader.probes.written import call_of


@dataclass(frozen=True)
class AuditRow:
    """One file on one set: what was found, and where that is not what the file promises."""

    name: str  # "wheats/by_unfold"
    which: Which
    judgement: Judgement
    mismatches: tuple[str, ...]  # one line each; empty where all is as it should be


@dataclass(frozen=True)
class AuditTable:
    exercise: str
    rows: tuple[AuditRow, ...]

    @property
    def mismatches(self) -> tuple[str, ...]:
        """All that is not as it should be, one line each."""
        return tuple(f"{self.exercise} {row.name} ({row.which}): {s}" for row in self.rows for s in row.mismatches)


@dataclass(frozen=True)
class Rehearsal:
    """Marks of one assignment's solved and untouched handout, and what is not as it should be, one line each."""

    assignment: str
    automatic: float  # marks that exercises decide
    solved: float
    untouched: float
    mismatches: tuple[str, ...]


def audit_exercise(course: Course, id_: str) -> AuditTable:
    """Judge every file of one exercise on both recorded sets; raises CourseError where the course itself is broken."""
    probe = load_probe(course.exercise(id_))
    return AuditTable(id_, tuple(row for which in SETS for row in _audit_set(probe, which)))


def _audit_set(probe: Probe, which: Which) -> Iterator[AuditRow]:
    exercise, fixture = probe.exercise, read_fixture(probe.exercise, which)

    def row(name: str, entry: Any, missed: Callable[[Verdict], str], source: str = "") -> AuditRow:
        """`missed` says what a verdict should be and is not."""
        judgement = _judged(probe, fixture, entry, source)
        mismatches = []
        for verdict in (v for v in judgement.verdicts if missed(v)):
            because = f": {verdict.message}" if verdict.message else ""
            mismatches.append(f"should {missed(verdict)}; {verdict.criterion} is {verdict.status.value}{because}")
        return AuditRow(name, which, judgement, tuple(mismatches))

    reference, *wheats = ((name, solution.entry) for name, solution in right_solutions(probe).items())
    dialects = ((f"dialect {name}", entry) for name, entry in load_dialects(probe).items())
    for name, entry in (reference, *dialects, *wheats):
        yield row(name, entry, _should("pass", Status.PASSED))
    # all but those whose answers are not in this set
    judged = {criterion.id for criterion in exercise.rubric.criteria if criterion.can_tell(fixture, fixture.cases[0])}
    for path in exercise.chaffs:
        chaff = load_chaff(probe, path)
        yield row(f"chaffs/{path.stem}", chaff.entry, partial(_broken_promise, chaff.loses, judged), chaff.source)
    yield row("nothing written", _unwritten(reference[1]), _should("be not attempted", Status.NOT_ATTEMPTED))


def _should(what: str, wanted: Status) -> Callable[[Verdict], str]:
    return lambda verdict: "" if verdict.status is wanted else what


def _broken_promise(loses: frozenset[str], judged: set[str], verdict: Verdict) -> str:
    if verdict.criterion not in judged:
        return ""
    if verdict.criterion in loses:
        return "" if verdict.status is Status.FAILED else "fail"
    return "" if verdict.status in (Status.PASSED, Status.BLOCKED) else "pass, or be blocked"


def marks_by(exercise: Exercise, fixture: Fixture) -> dict[str, float]:
    """The weights that the reference, every wheat and every chaff earn by this fixture, by name ("chaffs/no_bias")."""
    probe = load_probe(exercise)
    solutions = right_solutions(probe)
    solutions |= {f"chaffs/{path.stem}": load_solution(probe, path) for path in exercise.chaffs}
    weights = {criterion.id: criterion.weight for criterion in exercise.rubric.criteria}
    marks = {}
    for name, one in solutions.items():
        verdicts = _judged(probe, fixture, one.entry, one.source).verdicts
        marks[name] = sum(weights[verdict.criterion] for verdict in verdicts if verdict.status is Status.PASSED)
    return marks


def _judged(probe: Probe, fixture: Fixture, entry: Any, source: str) -> Judgement:
    return judge_exercise(probe.exercise.rubric, fixture, observe_all(probe, entry, fixture.cases, source))


def _unwritten(reference: Any) -> Any:
    """The entry with nothing written in it: a call of the function, or of the class's objects, returns None.

    A class keeps its constructor, which a handout may give, unless its objects cannot be called.
    """

    def returns_none(*args: Any, **kwargs: Any) -> None:
        return None

    if not isinstance(reference, type) or not call_of(reference):
        return returns_none
    return type(reference.__name__, (reference,), {call_of(reference): returns_none})


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
