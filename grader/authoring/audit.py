"""Does an exercise judge as it should? Every course file through probe and judge, on the recorded fixtures.

The reference and every wheat must pass everything. Every chaff must fail exactly the criteria that it says it loses;
the others pass, or are blocked behind those. An entry that returns None has attempted nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from grader.authoring.record.expected import load_chaff
from grader.authoring.record.recording import load_dialects, load_solution, observe_all, right_solutions
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
        return tuple(f"{self.exercise} {row.name} ({row.which}): {s}" for row in self.rows for s in row.mismatches)


def audit_exercise(course: Course, id_: str, sets: Sequence[Which] = SETS) -> AuditTable:
    """Judge every file of one exercise on its recorded sets; raises CourseError where the course itself is broken."""
    probe = load_probe(course.exercise(id_))
    return AuditTable(id_, tuple(row for which in sets for row in _audit_set(probe, which)))


def _audit_set(probe: Probe, which: Which) -> Iterator[AuditRow]:
    exercise, fixture = probe.exercise, read_fixture(probe.exercise, which)

    def row(name: str, entry: Any, missed: Callable[[Verdict], str], source: str = "") -> AuditRow:
        """`missed` says what a verdict should be and is not."""
        judgement = _judged(probe, fixture, entry, source)
        mismatches = ((missed(verdict), verdict) for verdict in judgement.verdicts)
        return AuditRow(name, which, judgement, tuple(f"should {what}; {_found(v)}" for what, v in mismatches if what))

    reference, *wheats = ((name, solution.entry) for name, solution in right_solutions(probe).items())
    dialects = ((f"dialect {name}", entry) for name, entry in load_dialects(probe).items())
    for name, entry in (reference, *dialects, *wheats):
        yield row(name, entry, _should("pass", Status.PASSED))
    # all but those whose answers are not in this set
    judged = {criterion.id for criterion in exercise.rubric.criteria if criterion.can_tell(fixture.cases[0])}
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
