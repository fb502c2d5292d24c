"""Does an exercise judge as it should? Every course file through probe and judge, on the recorded fixtures.

The reference and every wheat must pass everything. Every chaff must fail exactly the criteria that it says it loses;
the others pass, or are blocked behind those. An entry that returns None has attempted nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.authoring.record.expected import load_chaff
from grader.authoring.record.recording import computed_with, load_dialects, load_solution
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
    surprises: tuple[str, ...]  # one line each; empty where all is as it should be


@dataclass(frozen=True)
class AuditTable:
    exercise: str
    rows: tuple[AuditRow, ...]

    @property
    def surprises(self) -> tuple[str, ...]:
        """All that is not as it should be, one line each."""
        lines = (f"{self.exercise} {row.name} ({row.which}): {s}" for row in self.rows for s in row.surprises)
        return tuple(lines)


def audit_exercise(course: Course, id_: str, sets: Sequence[Which] = SETS) -> AuditTable:
    """Judge every file of one exercise on its recorded sets; raises CourseError where the course itself is broken."""
    probe = load_probe(course.exercise(id_))
    rows = [row for which in sets for row in _audit_set(probe, which)]
    return AuditTable(id_, tuple(rows))


def _audit_set(probe: Probe, which: Which) -> list[AuditRow]:
    exercise, fixture = probe.exercise, read_fixture(probe.exercise, which)
    judged = _judged_criteria(probe, fixture)
    rows = []
    reference = load_solution(probe, exercise.reference).entry
    correct = {"reference": reference}
    correct |= {f"dialect {name}": entry for name, entry in load_dialects(probe).items()}
    correct |= {f"wheats/{path.stem}": load_solution(probe, path).entry for path in exercise.wheats}
    for name, entry in correct.items():
        judgement = _judged(probe, fixture, entry)
        rows.append(AuditRow(name, which, judgement, _not_passed(judgement)))
    for path in exercise.chaffs:
        chaff = load_chaff(probe, path)
        judgement = _judged(probe, fixture, chaff.entry, chaff.source)
        rows.append(AuditRow(f"chaffs/{path.stem}", which, judgement, _not_as_promised(judgement, chaff.loses, judged)))
    judgement = _judged(probe, fixture, _unwritten(reference))
    return [*rows, AuditRow("nothing written", which, judgement, _attempted(judgement))]


def judge_files(exercise: Exercise, fixture: Fixture) -> dict[str, Judgement]:
    """How the reference, every wheat and every chaff are judged by this fixture, by name ("chaffs/no_bias")."""
    probe = load_probe(exercise)
    files = {"reference": exercise.reference}
    files |= {f"wheats/{path.stem}": path for path in exercise.wheats}
    files |= {f"chaffs/{path.stem}": path for path in exercise.chaffs}
    entries = {name: load_solution(probe, path).entry for name, path in files.items()}
    return {name: _judged(probe, fixture, entry, str(files[name])) for name, entry in entries.items()}


def _judged(probe: Probe, fixture: Fixture, entry: Any, source: str = "") -> Judgement:
    with computed_with(1, mkldnn=True):
        seen = {case.name: probe.observe(entry, case, torch.float32, source) for case in fixture.cases}
    return judge_exercise(probe.exercise.rubric, fixture, seen)


def _not_passed(judgement: Judgement) -> tuple[str, ...]:
    return tuple(f"should pass; {_found(v)}" for v in judgement.verdicts if v.status is not Status.PASSED)


def _judged_criteria(probe: Probe, fixture: Fixture) -> frozenset[str]:
    """All but those whose answers are not in this set."""
    criteria = probe.exercise.rubric.criteria
    return frozenset(c.id for c in criteria if c.can_tell(fixture.cases[0]))


def _not_as_promised(judgement: Judgement, loses: frozenset[str], judged: frozenset[str]) -> tuple[str, ...]:
    surprises = []
    for verdict in (v for v in judgement.verdicts if v.criterion in judged):
        if verdict.criterion in loses and verdict.status is not Status.FAILED:
            surprises.append(f"should fail; {_found(verdict)}")
        if verdict.criterion not in loses and verdict.status not in (Status.PASSED, Status.BLOCKED):
            surprises.append(f"should pass, or be blocked; {_found(verdict)}")
    return tuple(surprises)


def _attempted(judgement: Judgement) -> tuple[str, ...]:
    statuses = [v for v in judgement.verdicts if v.status is not Status.NOT_ATTEMPTED]
    return tuple(f"should be not attempted; {_found(v)}" for v in statuses)


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
