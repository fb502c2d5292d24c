"""From what was seen of an exercise to one verdict for each of its criteria."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.judge.checks.criterion import JudgedCriterion
from grader.judge.context import Evidence, Shortfall
from grader.judge.diagnosis import nearest_dialect
from grader.judge.wording import describe_fault, excused
from grader.model.fixture import Fixture, FixtureCase
from grader.model.observation import Observation, Outcome
from grader.model.report import Status, Verdict
from grader.model.rubric import Criterion, ExerciseRubric


@dataclass(frozen=True)
class Judgement:
    """One verdict for each criterion, in the rubric's order, and the dialect by which they were reached."""

    verdicts: tuple[Verdict, ...]
    dialect: str  # id of the accepted way of solving the exercise that came nearest
    notes: tuple[str, ...] = ()


def judge_exercise(
    rubric: ExerciseRubric[JudgedCriterion],
    fixture: Fixture,
    observations: Mapping[str, Observation],
    device: str = "cpu",
) -> Judgement:
    """Judge what was seen of one exercise; `observations` by case name, `device` as torch names its type.

    Never raises over what a submission showed, whatever that is, nor over a check that fails itself: that is our own
    fault, as is a case without an observation, and costs the one criterion's verdict alone.
    """
    evidence = Evidence(fixture, observations, nearest_dialect(fixture, observations), device)
    titles = {criterion.id: criterion.title for criterion in rubric.criteria}
    done: dict[str, Verdict] = {}
    for criterion in rubric.criteria:
        done[criterion.id] = _held_up(criterion, titles, done) or _judge(criterion, evidence, done)
    return Judgement(tuple(done.values()), evidence.dialect, _notes(rubric, evidence, done))


def _held_up(criterion: Criterion, titles: Mapping[str, str], done: Mapping[str, Verdict]) -> Verdict | None:
    """The verdict of a criterion that must wait for another one; None where it need not."""
    for other in criterion.requires:
        first = done[other]
        if first.status in (Status.NOT_ATTEMPTED, Status.GRADER_ERROR, Status.NEEDS_PERSON):
            return Verdict(criterion.id, first.status, first.message)
        if first.status is not Status.PASSED:
            return Verdict(criterion.id, Status.BLOCKED, f'cannot be judged until "{titles[other]}" passes')
    return None


def _judge(criterion: JudgedCriterion, evidence: Evidence, done: Mapping[str, Verdict]) -> Verdict:
    values = criterion.values_if is None or done[criterion.values_if].status is Status.PASSED
    cases = [case for case in evidence.fixture.cases if criterion.looks_at(case.name)]
    if not cases:
        return Verdict(criterion.id, Status.GRADER_ERROR, "the fixtures hold none of this criterion's cases")
    found = ((case.name, _look(criterion, evidence, case, values)) for case in cases)
    shortfalls = {name: shortfall for name, shortfall in found if shortfall is not None}
    try:
        verdict = _summary(criterion, evidence, shortfalls, len(cases))
    except Exception as error:  # while the mistake was looked up
        verdict = Verdict(criterion.id, Status.GRADER_ERROR, describe_fault(error))
    seen = [evidence.observations[case.name] for case in cases if case.name in evidence.observations]
    return replace(verdict, seconds=sum(observation.seconds for observation in seen))


def _look(criterion: JudgedCriterion, evidence: Evidence, case: FixtureCase, values: bool) -> Shortfall | None:
    """What is wrong in one case."""
    context = evidence.context(case, values)
    if context is None:
        unseen = case.name not in evidence.observations
        what = "was not run" if unseen else f'was not recorded for "{evidence.dialect}"'
        return Shortfall(Status.GRADER_ERROR, f'case "{case.name}" {what}; no marks are lost by it')
    try:
        shortfall = criterion.shortfall(context)
    except Exception as error:  # our check, or the course's oracle or rule, whatever a student handed in
        return Shortfall(Status.GRADER_ERROR, f'{describe_fault(error)} (case "{case.name}")')
    return None if shortfall is None else excused(shortfall, context.seen, context.expected)


def _summary(criterion: JudgedCriterion, evidence: Evidence, shortfalls: dict[str, Shortfall], cases: int) -> Verdict:
    """One verdict from the cases that did not pass.

    A criterion is not attempted only where no case was: what works in one case was attempted.
    """
    first = {shortfall.status: shortfall.message for shortfall in reversed(shortfalls.values())}
    if not first:
        return Verdict(criterion.id, Status.PASSED)
    if Status.FAILED not in first:
        unattempted = [Status.NOT_ATTEMPTED] if len(shortfalls) == cases else []
        for status in (Status.GRADER_ERROR, Status.NEEDS_PERSON, *unattempted):
            if status in first:
                return Verdict(criterion.id, status, first[status])
    return _failure(criterion, evidence, shortfalls)


def _failure(criterion: JudgedCriterion, evidence: Evidence, shortfalls: Mapping[str, Shortfall]) -> Verdict:
    # FAILED sorts before milder shortfalls: a plain difference says more than "not attempted" in some cases.
    case, shortfall = min(shortfalls.items(), key=lambda item: item[1].status is not Status.FAILED)
    others = len(shortfalls) - 1
    more = "" if not others else f"; {others} more {'case fails' if others == 1 else 'cases fail'}"
    # general advice on the exercise fits where the code could be read and its process lived
    seen = evidence.observations[case]
    unread = seen.error is not None and seen.error.type in ("SyntaxError", "IndentationError", "TabError")
    advice = criterion.hint if seen.outcome in (Outcome.COMPLETE, Outcome.RAISED) and not unread else ""
    mistake = criterion.recognise(evidence, list(shortfalls))
    hint = advice if mistake is None else evidence.fixture.hints.get(mistake, advice)
    reproduce = f'grade check {evidence.fixture.exercise} --case "{case}"' if criterion.shown_again else ""
    return Verdict(criterion.id, Status.FAILED, shortfall.message + more, hint, reproduce)


def _notes(rubric: ExerciseRubric[JudgedCriterion], evidence: Evidence, done: Mapping[str, Verdict]) -> tuple[str, ...]:
    """What students' cases cannot tell; which of several accepted ways was recognised.

    Wrong values come near to one of them by chance, which says nothing.
    """
    passed = [c for c in rubric.criteria if done[c.id].status is Status.PASSED]
    fixture, cases = evidence.fixture, evidence.fixture.cases
    untold = [c.title for c in passed if not all(c.can_tell(fixture, case) for case in cases if c.looks_at(case.name))]
    if untold and rubric.kind == "answers":
        return (f"{rubric.title}: can be read; whether it is right is told when it is graded",)
    if untold:
        return (f"{rubric.title}: told when it is graded, as the public cases show too little: {'; '.join(untold)}",)
    several = len({name for case in cases for name in case.dialects}) > 1
    if not several or not any(criterion.by_tolerance and criterion.values_if is None for criterion in passed):
        return ()
    return (f"{rubric.title}: judged as {rubric.dialects.get(evidence.dialect, evidence.dialect)}",)
