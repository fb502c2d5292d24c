"""Marks for verdicts: what an assignment's rubric gives for what was found in each exercise; and a letter for them.

Marks are counted in whole millionths, so that an item's criteria add up to the item's marks exactly and a report's
parts add up to its score, whatever the weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from grader.course.folder import Exercise
from grader.judge.verdicts import Judgement
from grader.model.assignment import AssignmentRubric, Item, Part, millionths, portions
from grader.model.errors import GraderFault
from grader.model.report import LEFT_OUT, PENDING, CriterionReport, PartReport, Status, Verdict
from grader.model.rubric import Criterion, ExerciseRubric

OUR_FAULT = "the grader failed here, not your code; a person looks at these marks"


def score_parts(
    rubric: AssignmentRubric,
    exercises: Mapping[str, Exercise],
    judgements: Mapping[str, Judgement],
    unseen: Mapping[str, str] = MappingProxyType({}),
) -> tuple[PartReport, ...]:
    """Every part of the assignment with what its criteria earned, in the rubric's order.

    An exercise that is not in `judgements` was left out of this run; one in `unseen` could not be judged for the
    reason given there. Its marks wait for a person. Raises GraderFault where a judgement does not
    hold exactly one verdict for each of its exercise's criteria.
    """
    waiting = {**{id_: LEFT_OUT for id_ in rubric.exercises if id_ not in judgements}, **unseen}
    return tuple(_score_part(part, exercises, judgements, waiting) for part in rubric.parts)


class Total(NamedTuple):
    """Sums over an assignment's parts."""

    score: float  # marks earned, bonus marks included
    possible: float  # marks of all parts but the bonus
    bonus: float  # marks that can be earned on top of these
    pending: float  # marks that wait for a person


def total(parts: Sequence[PartReport]) -> Total:
    """What the parts come to together."""
    return Total(
        score=round(sum(p.earned for p in parts), 6),
        possible=round(sum(p.possible for p in parts if not p.bonus), 6),
        bonus=round(sum(p.possible for p in parts if p.bonus), 6),
        pending=round(sum(p.pending for p in parts), 6),
    )


def shares(marks: float, weights: Sequence[float]) -> list[float]:
    """`marks` divided in proportion to `weights`, each share in whole millionths; they add up to `marks` exactly."""
    parts = [Fraction(weight) for weight in weights]
    return portions(parts, millionths(marks) / sum(parts))


def letters_possible(rubric: AssignmentRubric, score: float, pending: float) -> tuple[str, ...]:
    """The letters that can still come out, the best first.

    One where nothing is `pending`; none where the assignment gives no letters. Percentages are of the marks without
    bonus, so that bonus marks can lift a letter.
    """
    percentages = (round(100 * marks / rubric.marks, 6) for marks in (score, score + pending))
    # thresholds fall and the last is 0, so that as many letters are out of reach as have a higher one
    worst, best = (sum(least > percentage for least in rubric.letters.values()) for percentage in percentages)
    return tuple(rubric.letters)[best : worst + 1]


def dialect_notes(
    rubric: AssignmentRubric, exercises: Mapping[str, Exercise], judgements: Mapping[str, Judgement]
) -> tuple[str, ...]:
    """One line for each item that asks for a dialect which the submission does not follow; costs no marks."""
    notes = []
    for item in (item for part in rubric.parts for item in part.items):
        followed = judgements[item.exercise].dialect if item.exercise in judgements else ""
        if item.dialect and followed and not fnmatchcase(followed, item.dialect):
            words = exercises[item.exercise].rubric.dialects
            asked = " or ".join(w for d, w in words.items() if fnmatchcase(d, item.dialect)) or item.dialect
            found = words.get(followed, followed)
            notes.append(f"{item.exercise}: judged as {found}; this assignment asks for {asked}")
    return tuple(dict.fromkeys(notes))


def _score_part(
    part: Part, exercises: Mapping[str, Exercise], judgements: Mapping[str, Judgement], waiting: Mapping[str, str]
) -> PartReport:
    criteria: list[CriterionReport] = []
    for item in part.items:
        rubric = exercises[item.exercise].rubric
        if item.exercise in waiting:
            criteria.append(_waiting("left-out", rubric.title, item.marks, item.exercise, waiting[item.exercise]))
        else:
            criteria += _score_item(item, rubric, judgements[item.exercise])
    if part.person_marks > 0:
        criteria.append(_waiting("person", part.title, part.person_marks))
    earned, own = round(sum(c.earned for c in criteria), 6), tuple(criteria)
    return PartReport(id=part.id, title=part.title, earned=earned, possible=part.marks, bonus=part.bonus, criteria=own)


def _score_item(item: Item, rubric: ExerciseRubric[Criterion], judgement: Judgement) -> list[CriterionReport]:
    verdicts = {v.criterion: v for v in judgement.verdicts}
    if len(verdicts) != len(judgement.verdicts) or set(verdicts) != {c.id for c in rubric.criteria}:
        raise GraderFault(f"{item.exercise}: the judge's verdicts are not those of the rubric's criteria; report this")
    marks = shares(item.marks, [c.weight for c in rubric.criteria])
    reports = []
    ours: set[str] = set()  # what failed through our own fault, and what could not be judged because of that
    for criterion, share in zip(rubric.criteria, marks, strict=True):  # each refers only to those before it
        verdict = verdicts[criterion.id]
        waits = verdict.status is Status.BLOCKED and ours.intersection(criterion.requires)
        if waits or verdict.status is Status.GRADER_ERROR:
            ours.add(criterion.id)
            message = "; ".join(filter(None, (OUR_FAULT, verdict.message)))
            verdict = replace(verdict, status=Status.GRADER_ERROR, message=message)
        reports.append(_criterion_report(item.exercise, criterion, verdict, share))
    return reports


def _criterion_report(exercise: str, criterion: Criterion, verdict: Verdict, share: float) -> CriterionReport:
    return CriterionReport(
        id=criterion.id,
        title=criterion.title,
        earned=share if verdict.status is Status.PASSED else 0.0,
        possible=share,
        status=verdict.status,
        message=verdict.message,
        hint="" if verdict.status in (Status.PASSED, *PENDING) else verdict.hint,
        exercise=exercise,
        reproduce=verdict.reproduce,
        seconds=verdict.seconds,
    )


def _waiting(id_: str, title: str, marks: float, exercise: str | None = None, message: str = "") -> CriterionReport:
    status = Status.NEEDS_PERSON
    return CriterionReport(
        id=id_, title=title, earned=0.0, possible=marks, status=status, message=message, exercise=exercise
    )
