"""Which of an assignment's automatic marks rest on claims: on what the student's process says of itself.

A criterion rests on claims unless it passes only by numbers that nobody knows who does not compute them. So facts,
forms, and the equality of two things that the same process sent are claims. Numbers are none where right ones differ
from the public to the hidden set, and are no copy of an input: the others can be said without computing anything. Of a
criterion with `values_if`, what it is left with where that other one failed decides: the tensors of `always`.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from grader.course.fixtures import SETS, read_fixture
from grader.course.folder import Course, Exercise
from grader.judge.checks.criterion import JudgedCriterion, matched
from grader.judge.context import Context
from grader.model.fixture import Fixture, FixtureCase
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
    return (criterion.id for criterion in exercise.rubric.criteria if _rests_on_claims(criterion, sets))


def _rests_on_claims(criterion: JudgedCriterion, sets: Sequence[Fixture]) -> bool:
    if not (criterion.by_tolerance and criterion.rests_on == "numbers"):
        return criterion.rests_on != "numbers"
    public, hidden = (_values(criterion, fixture) for fixture in sets)
    return all(np.array_equal(values, hidden[place]) for place, values in public.items())


def _values(criterion: JudgedCriterion, fixture: Fixture) -> dict[_Place, Array]:
    """The recorded tensors whose values it compares whatever else failed; no copies of inputs."""
    return {
        (context.case.name, name): values
        for context in _recorded(criterion, fixture)
        for name in criterion.compared(context).limits
        if criterion.values_if is None or matched(criterion.always, [name])
        if not _is_input(values := context.expected.tensors[name].oracle, context.case)
    }


def _is_input(values: Array, case: FixtureCase) -> bool:
    return any(np.array_equal(values, array) for array in case.inputs.values())


def _recorded(criterion: JudgedCriterion, fixture: Fixture) -> Iterator[Context]:
    """Each case that it looks at, as the first dialect shows it, with nothing seen."""
    for case in (case for case in fixture.cases if criterion.looks_at(case.name)):
        expected = next(iter(case.dialects.values()))
        yield Context(case, expected, Observation(case.name), fixture.tolerance_factor)
