"""From what was seen of an exercise to one verdict for each of its criteria."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.judge.absence import Finding, excused
from grader.judge.checks.answers.answers import has_key
from grader.judge.checks.draws import recognise_draws
from grader.judge.checks.tensors import CHECKS
from grader.judge.context import Sight
from grader.judge.diagnosis import recognise
from grader.judge.dialects import nearest_dialect
from grader.model.fixture import Fixture, FixtureCase
from grader.model.observation import Observation, Outcome
from grader.model.rubric import ANSWER_CHECKS, DRAW_CHECKS, Criterion, ExerciseRubric
from grader.model.verdict import Status, Verdict


@dataclass(frozen=True)
class Judgement:
    """One verdict for each criterion, in the rubric's order, and the dialect by which they were reached."""

    verdicts: tuple[Verdict, ...]
    dialect: str  # id of the accepted way of solving the exercise that came nearest
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """Everything that the criteria of one exercise are judged by."""

    rubric: ExerciseRubric
    fixture: Fixture
    observations: Mapping[str, Observation]
    dialect: str
    device: str


def judge_exercise(
    rubric: ExerciseRubric, fixture: Fixture, observations: Mapping[str, Observation], device: str = "cpu"
) -> Judgement:
    """Judge what was seen of one exercise; `observations` by case name, `device` as torch names its type.

    Never raises over what a submission showed, whatever that is. A case without an observation is our own fault.
    """
    trial = Trial(rubric, fixture, observations, nearest_dialect(fixture, observations), device)
    done: dict[str, Verdict] = {}
    for criterion in rubric.criteria:
        done[criterion.id] = _held_up(criterion, rubric, done) or _judge(criterion, trial, done)
    return Judgement(tuple(done.values()), trial.dialect, _notes(trial, done))


def _held_up(criterion: Criterion, rubric: ExerciseRubric, done: Mapping[str, Verdict]) -> Verdict | None:
    """The verdict of a criterion that must wait for another one; None where it need not."""
    for other in criterion.requires:
        first = done[other]
        if first.status in (Status.NOT_ATTEMPTED, Status.GRADER_ERROR, Status.NEEDS_PERSON):
            return Verdict(criterion.id, first.status, first.message)
        if first.status is not Status.PASSED:
            title = next(c.title for c in rubric.criteria if c.id == other)
            return Verdict(criterion.id, Status.BLOCKED, f'cannot be judged until "{title}" passes')
    return None


def _judge(criterion: Criterion, trial: Trial, done: Mapping[str, Verdict]) -> Verdict:
    values = criterion.values_if is None or done[criterion.values_if].status is Status.PASSED
    cases = [case for case in trial.fixture.cases if not criterion.cases or case.name in criterion.cases]
    if not cases:
        return Verdict(criterion.id, Status.GRADER_ERROR, "the fixtures hold none of this criterion's cases")
    found = {case.name: _look(criterion, trial, case, values) for case in cases}
    findings = {name: finding for name, finding in found.items() if finding is not None}
    verdict = _summary(criterion, trial, findings, len(cases))
    seen = [trial.observations[case.name] for case in cases if case.name in trial.observations]
    return replace(verdict, seconds=sum(observation.seconds for observation in seen))


def _look(criterion: Criterion, trial: Trial, case: FixtureCase, values: bool) -> Finding | None:
    """What is wrong in one case."""
    seen, expected = trial.observations.get(case.name), case.dialects.get(trial.dialect)
    if seen is None or expected is None:
        what = "was not run" if seen is None else f'was not recorded for "{trial.dialect}"'
        return Finding(Status.GRADER_ERROR, f'case "{case.name}" {what}; no marks are lost by it')
    recorded = trial.fixture
    sight = Sight(case, expected, seen, recorded.k, trial.device, recorded.claims, values, recorded.oracle)
    finding = CHECKS[criterion.check](criterion, sight)
    return None if finding is None else excused(finding, seen, expected)


def _summary(criterion: Criterion, trial: Trial, findings: Mapping[str, Finding], cases: int) -> Verdict:
    """One verdict from the cases that did not pass.

    A criterion is not attempted only where no case was: what works in one case was attempted.
    """
    statuses = {finding.status for finding in findings.values()}
    if not statuses:
        return Verdict(criterion.id, Status.PASSED)
    for undecided in (Status.GRADER_ERROR, Status.NEEDS_PERSON):
        if Status.FAILED not in statuses and undecided in statuses:
            return Verdict(criterion.id, undecided, _first(findings, undecided))
    if statuses == {Status.NOT_ATTEMPTED} and len(findings) == cases:
        return Verdict(criterion.id, Status.NOT_ATTEMPTED, _first(findings, Status.NOT_ATTEMPTED))
    return _failure(criterion, trial, findings)


def _first(findings: Mapping[str, Finding], status: Status) -> str:
    return next(finding.message for finding in findings.values() if finding.status is status)


def _failure(criterion: Criterion, trial: Trial, findings: Mapping[str, Finding]) -> Verdict:
    # FAILED sorts before the milder findings: a plain difference says more than "not attempted" in some cases.
    case, finding = min(findings.items(), key=lambda item: item[1].status is not Status.FAILED)
    others = len(findings) - 1
    more = "" if not others else f"; {others} more {'case fails' if others == 1 else 'cases fail'}"
    recognised = recognise_draws if criterion.check in DRAW_CHECKS else recognise
    mistake = recognised(criterion, trial.fixture, trial.observations, trial.dialect, list(findings))
    advice = criterion.hint if _ran(trial.observations[case]) else ""
    hint = advice if mistake is None else trial.fixture.hints.get(mistake, advice)
    # students have no key to their answers: their own check cannot show this again
    shows = criterion.check not in ANSWER_CHECKS or criterion.check == "claim_holds"
    reproduce = f'grade check {trial.fixture.exercise} --case "{case}"' if shows else ""
    return Verdict(criterion.id, Status.FAILED, finding.message + more, hint, reproduce)


def _ran(seen: Observation) -> bool:
    """Whether general advice on the exercise fits: the code could be read, and its process lived."""
    unread = seen.error is not None and seen.error.type in ("SyntaxError", "IndentationError", "TabError")
    return seen.outcome in (Outcome.COMPLETE, Outcome.RAISED) and not unread


def _notes(trial: Trial, done: Mapping[str, Verdict]) -> tuple[str, ...]:
    """That answers have no key here; which of several accepted ways was recognised.

    Wrong values come near to one of them by chance, which says nothing.
    """
    answers = [c for c in trial.rubric.criteria if c.check in ANSWER_CHECKS and done[c.id].status is Status.PASSED]
    if any(not has_key(criterion, case) for criterion in answers for case in trial.fixture.cases):
        return (f"{trial.rubric.title}: can be read; whether it is right is told when it is graded",)
    several = len({name for case in trial.fixture.cases for name in case.dialects}) > 1
    compared = [c.id for c in trial.rubric.criteria if c.check == "value_matches" and c.values_if is None]
    if not several or not any(done[id_].status is Status.PASSED for id_ in compared):
        return ()
    words = trial.rubric.dialects.get(trial.dialect, trial.dialect)
    return (f"{trial.rubric.title}: judged as {words}",)
