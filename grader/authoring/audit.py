"""Does an exercise judge as it should? Every course file through probe and judge, on the recorded fixtures.

The reference and every wheat must pass everything. Every chaff must fail exactly the criteria that it says it loses;
the others pass, or are blocked behind those. An entry that returns None has attempted nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.authoring.record.expected import load_chaff
from grader.authoring.record.recording import computed_with, load_dialects, load_solution, right_solutions
from grader.course.fixtures import SETS, Which, read_fixture
from grader.course.folder import Course, Exercise
from grader.grading.in_process import Probe, load_probe
from grader.judge.verdicts import Judgement, judge_exercise
from grader.model.fixture import Fixture
from grader.model.verdict import Status, Verdict
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
        lines = (f"{self.exercise} {row.name} ({row.which}): {s}" for row in self.rows for s in row.mismatches)
        return tuple(lines)


def audit_exercise(course: Course, id_: str, sets: Sequence[Which] = SETS) -> AuditTable:
    """Judge every file of one exercise on its recorded sets; raises CourseError where the course itself is broken."""
    probe = load_probe(course.exercise(id_))
    rows = [row for which in sets for row in _audit_set(probe, which)]
    return AuditTable(id_, tuple(rows))


def _audit_set(probe: Probe, which: Which) -> list[AuditRow]:
    exercise, fixture = probe.exercise, read_fixture(probe.exercise, which)
    # all but those whose answers are not in this set
    judged = frozenset(c.id for c in exercise.rubric.criteria if c.can_tell(fixture.cases[0]))
    right = {name: solution.entry for name, solution in right_solutions(probe).items()}
    reference, *wheats = right.items()
    dialects = {f"dialect {name}": entry for name, entry in load_dialects(probe).items()}
    rows = []
    for name, entry in (reference, *dialects.items(), *wheats):
        judgement = _judged(probe, fixture, entry)
        mismatches = (f"should pass; {_found(v)}" for v in judgement.verdicts if v.status is not Status.PASSED)
        rows.append(AuditRow(name, which, judgement, tuple(mismatches)))
    for path in exercise.chaffs:
        chaff = load_chaff(probe, path)
        judgement = _judged(probe, fixture, chaff.entry, chaff.source)
        rows.append(AuditRow(f"chaffs/{path.stem}", which, judgement, _not_as_promised(judgement, chaff.loses, judged)))
    judgement = _judged(probe, fixture, _unwritten(reference[1]))
    attempted = (v for v in judgement.verdicts if v.status is not Status.NOT_ATTEMPTED)
    mismatches = (f"should be not attempted; {_found(v)}" for v in attempted)
    return [*rows, AuditRow("nothing written", which, judgement, tuple(mismatches))]


def judge_files(exercise: Exercise, fixture: Fixture) -> dict[str, Judgement]:
    """How the reference, every wheat and every chaff are judged by this fixture, by name ("chaffs/no_bias")."""
    probe = load_probe(exercise)
    solutions = right_solutions(probe)
    solutions |= {f"chaffs/{path.stem}": load_solution(probe, path) for path in exercise.chaffs}
    return {name: _judged(probe, fixture, one.entry, one.source) for name, one in solutions.items()}


def _judged(probe: Probe, fixture: Fixture, entry: Any, source: str = "") -> Judgement:
    with computed_with(1, mkldnn=True):
        seen = {case.name: probe.observe(entry, case, torch.float32, source) for case in fixture.cases}
    return judge_exercise(probe.exercise.rubric, fixture, seen)


def _not_as_promised(judgement: Judgement, loses: frozenset[str], judged: frozenset[str]) -> tuple[str, ...]:
    mismatches = []
    for verdict in (v for v in judgement.verdicts if v.criterion in judged):
        if verdict.criterion in loses and verdict.status is not Status.FAILED:
            mismatches.append(f"should fail; {_found(verdict)}")
        if verdict.criterion not in loses and verdict.status not in (Status.PASSED, Status.BLOCKED):
            mismatches.append(f"should pass, or be blocked; {_found(verdict)}")
    return tuple(mismatches)


def _found(verdict: Verdict) -> str:
    return f"{verdict.criterion} is {verdict.status.value}" + (f": {verdict.message}" if verdict.message else "")


def _unwritten(reference: Any) -> Any:
    """The entry with nothing written in it: a call of the function, or of the class's objects, returns None.

    A class keeps its constructor, which a handout may give, unless its objects cannot be called.
    """

    def returns_none(*args: Any, **kwargs: Any) -> None:
        return None

    if not isinstance(reference, type) or not call_of(reference):
        return returns_none
    return type(reference.__name__, (reference,), {call_of(reference): returns_none})
