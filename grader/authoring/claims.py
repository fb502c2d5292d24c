"""Which of an assignment's automatic marks rest on claims: on what the student's process says of itself.

A criterion rests on claims where a patched recorder earns what no stub would earn that computes nothing right: facts,
and the equality of two things that the same process sent. A form is none where the same data is compared in value
elsewhere: it is the form of what was computed. Nor is what a criterion with `values_if` is left with where that other
one failed, unless facts stand beside it. Values are none where right ones differ from the public to the hidden set:
what is the same whatever the inputs are can be said without computing it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from grader.course.fixtures import SETS, read_fixture
from grader.course.folder import Course, Exercise
from grader.judge.checks.criterion import JudgedCriterion
from grader.judge.context import Context
from grader.model.fixture import Fixture
from grader.model.observation import Array, Observation
from grader.scoring.marks import shares

_Place = tuple[str, str]  # case, tensor


def claimed_percent(course: Course, assignment: str) -> tuple[float, tuple[str, ...]]:
    """How many percent of an assignment's automatic marks rest on claims, and one line where that is too much.

    Raises CourseError where an exercise's fixtures cannot be read.
    """
    rubric = course.assignment(assignment)
    items = [item for part in rubric.parts for item in part.items]
    whole = sum(item.marks for item in items)
    claimed: dict[str, float] = {}
    for item in items:
        exercise = course.exercise(item.exercise)
        claims = frozenset(resting_on_claims(exercise))
        criteria = exercise.rubric.criteria
        for criterion, share in zip(criteria, shares(item.marks, [c.weight for c in criteria]), strict=True):
            if criterion.id in claims:
                name = f"{exercise.id} {criterion.id}"
                claimed[name] = claimed.get(name, 0.0) + 100 * share / whole
    percent = sum(claimed.values())
    if percent <= rubric.claims_percent:
        return percent, ()
    heaviest = sorted(claimed, key=lambda name: -claimed[name])[:3]
    most = ", ".join(f"{name} ({claimed[name]:.1f} %)" for name in heaviest)
    advice = "let the probe send what is claimed as tensors, and compare their values"
    words = f"{percent:.1f} % of the automatic marks rest on claims, at most {rubric.claims_percent:g} % may"
    return percent, (f"{assignment}: {words}; most of it: {most}; {advice}",)


def resting_on_claims(exercise: Exercise) -> Iterator[str]:
    """The criteria of an exercise that rest on claims, by id."""
    sets = [read_fixture(exercise, which) for which in SETS]
    compared = {place for c in exercise.rubric.criteria if c.by_tolerance for place in _telling(c, sets)}
    for criterion in exercise.rubric.criteria:
        if _rests_on_claims(criterion, sets, compared):
            yield criterion.id


def _rests_on_claims(criterion: JudgedCriterion, sets: Sequence[Fixture], compared: set[_Place]) -> bool:
    if criterion.rests_on == "form":
        return not compared.issuperset(_values(criterion, sets[0]))
    if criterion.by_tolerance and criterion.rests_on == "numbers":
        return _can_pass_by_facts(criterion, sets[0]) or not _telling(criterion, sets)
    return criterion.rests_on == "claims"


def _telling(criterion: JudgedCriterion, sets: Sequence[Fixture]) -> set[_Place]:
    """Where right values differ from set to set: nobody knows them who does not compute them."""
    public, hidden = (_values(criterion, fixture) for fixture in sets)
    return {place for place, values in public.items() if not np.array_equal(values, hidden[place])}


def _values(criterion: JudgedCriterion, fixture: Fixture) -> dict[_Place, Array]:
    """The recorded tensors that it looks at."""
    return {
        (context.case.name, name): context.expected.tensors[name].oracle
        for context in _recorded(criterion, fixture)
        for name in criterion.compared(context).limits
    }


def _can_pass_by_facts(criterion: JudgedCriterion, fixture: Fixture) -> bool:
    """Where another criterion failed, this one compares no values, and facts beside them stand alone."""
    facts = (criterion.compared(context).facts for context in _recorded(criterion, fixture))
    return criterion.values_if is not None and any(facts)


def _recorded(criterion: JudgedCriterion, fixture: Fixture) -> Iterator[Context]:
    """Each case that it looks at, as the first dialect shows it, with nothing seen."""
    for case in (case for case in fixture.cases if criterion.looks_at(case.name)):
        expected = next(iter(case.dialects.values()))
        yield Context(case, expected, Observation(case.name), fixture.tolerance_factor)
