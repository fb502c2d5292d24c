"""How exact a correct answer is: measured, not guessed.

Every dialect and every wheat is run with {1, 2 threads} x {oneDNN on, off}. Distances are in units of the tolerance
(1 is just allowed). An exercise is well calibrated where every correct run stays within one half, and every chaff is
at least two away in each criterion that it must lose; else the build refuses it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import ceil, inf, log2

import numpy as np

from grader.authoring.record.recording import computed_with
from grader.judge.checks.tensors import fact_matches, gradient_bounds, matched, own_bound
from grader.judge.comparison import differs_in_form, readable
from grader.judge.context import Sight
from grader.judge.dialects import nearest_dialect, ratio
from grader.judge.tolerance import distances, largest
from grader.model.errors import CourseError
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Array, Observation
from grader.model.rubric import Criterion, ExerciseRubric

SMALLEST_K = 16.0
LARGEST_K = 1024.0  # what lies farther off is no rounding: it is a wheat that is wrong, or a case badly conditioned
WORST_CORRECT = 0.5
NEAREST_CHAFF = 2.0
WAYS_TO_COMPUTE = tuple(product((1, 2), (True, False)))  # threads, oneDNN
BY_TOLERANCE = ("value_matches", "gradient_matches")


@dataclass(frozen=True)
class Run:
    """What one course file showed on all cases of one set."""

    name: str  # "wheats/by_unfold"
    fixture: Fixture
    observations: Mapping[str, Observation]
    loses: frozenset[str] = frozenset()  # criteria that it must fail; empty for a correct run


@dataclass(frozen=True)
class Figures:
    """How one criterion separates right from wrong, in units of the tolerance."""

    worst_correct: float = 0.0
    worst_correct_is: str = ""
    nearest_chaff: float = inf  # infinite: every chaff shows a wrong form, or no result at all
    nearest_chaff_is: str = ""


@dataclass(frozen=True)
class Calibration:
    k: float
    criteria: Mapping[str, Figures] = field(default_factory=dict)


def ways_to_compute() -> Iterator[None]:
    """Go through the ways a correct program may be computed; each holds until the next is asked for."""
    for threads, mkldnn in WAYS_TO_COMPUTE:
        with computed_with(threads, mkldnn):
            yield


def choose_k(rubric: ExerciseRubric, correct: Sequence[Run]) -> float:
    """The next power of two that leaves every correct run within half of its tolerance; from 16 to 1024."""
    needed = max((_needed_k(rubric, run) for run in correct), default=0.0)
    return min(LARGEST_K, 2.0 ** ceil(log2(max(needed, SMALLEST_K))))


def measure(rubric: ExerciseRubric, k: float, correct: Sequence[Run], chaffs: Sequence[Run]) -> Calibration:
    """Figures of every criterion that compares values; raises CourseError where one is ill calibrated."""
    figures = {}
    for criterion in (c for c in rubric.criteria if c.check in BY_TOLERANCE):
        found = Figures()
        for run in correct:
            found = _with_correct(found, criterion, replace(run, fixture=replace(run.fixture, k=k)))
        for run in chaffs:
            if criterion.id in run.loses:
                found = _with_chaff(found, criterion, replace(run, fixture=replace(run.fixture, k=k)))
        figures[criterion.id] = found
    return Calibration(k, figures)


def refuse_trivial(rubric: ExerciseRubric, fixture: Fixture, which: str) -> None:
    """Raise CourseError where a case is answered by zeros, ones, the mean, or a copy of an input."""
    for criterion in (c for c in rubric.criteria if c.check in BY_TOLERANCE):
        for case in _cases(criterion, fixture):
            for dialect, expected in case.dialects.items():
                if answer := _trivial_answer(criterion, case, expected, fixture.k):
                    raise CourseError(
                        f"{fixture.exercise}: criterion {criterion.id!r}, case {case.name!r} ({which} set), dialect "
                        f"{dialect!r}: {answer} would pass; draw inputs in the probe that tell it apart"
                    )


def _needed_k(rubric: ExerciseRubric, run: Run) -> float:
    """The k at which this run just stays within half of its tolerance; infinite k cannot help, so it is left out."""
    needed = [0.0]
    for criterion, case, expected in _comparisons(rubric, run):
        exact, unit = _bounds(criterion, expected, 0.0), _bounds(criterion, expected, 1.0)
        for name, floor in exact.items():
            control, error = unit[name] - floor, _error(run.observations[case.name], expected, name)
            if control > 0 and error < inf:
                needed.append((error / WORST_CORRECT - floor) / control)
    return max(needed)


def _comparisons(rubric: ExerciseRubric, run: Run) -> Iterator[tuple[Criterion, FixtureCase, Expected]]:
    dialect = nearest_dialect(run.fixture, run.observations)
    for criterion in (c for c in rubric.criteria if c.check in BY_TOLERANCE):
        for case in _cases(criterion, run.fixture):
            yield criterion, case, case.dialects[dialect]


def _cases(criterion: Criterion, fixture: Fixture) -> list[FixtureCase]:
    return [case for case in fixture.cases if not criterion.cases or case.name in criterion.cases]


def _bounds(criterion: Criterion, expected: Expected, k: float) -> dict[str, float]:
    if criterion.check == "gradient_matches":
        return gradient_bounds(criterion.tensors, expected, k)
    return {name: own_bound(expected.tensors[name], k) for name in matched(criterion.tensors, expected.tensors)}


def _error(seen: Observation, expected: Expected, name: str) -> float:
    """Largest distance from the oracle; infinite where there is nothing of the right form to compare."""
    tensor, wanted = seen.tensors.get(name), expected.tensors[name]
    if tensor is None or differs_in_form(tensor, wanted, "cpu") is not None:
        return inf
    array = readable(tensor)
    error = inf if array is None else largest(distances(array, wanted.oracle))
    return error if error == error else inf


def _with_correct(found: Figures, criterion: Criterion, run: Run) -> Figures:
    distance, case = _farthest(criterion, run)
    if not distance <= WORST_CORRECT:
        raise CourseError(
            f"{run.fixture.exercise}: criterion {criterion.id!r}, case {case!r}: {run.name} is correct but lies "
            f"{distance:.3g} tolerances from the reference (k = {run.fixture.k:g}, at most {WORST_CORRECT:g} allowed); "
            "make the case better conditioned, or correct the wheat"
        )
    if found.worst_correct_is and distance <= found.worst_correct:
        return found
    return replace(found, worst_correct=distance, worst_correct_is=run.name)


def _with_chaff(found: Figures, criterion: Criterion, run: Run) -> Figures:
    distance, case = _farthest(criterion, run)
    if not distance >= NEAREST_CHAFF:
        raise CourseError(
            f"{run.fixture.exercise}: criterion {criterion.id!r}, case {case!r}: {run.name} must lose it but lies "
            f"{distance:.3g} tolerances from the reference (k = {run.fixture.k:g}, at least {NEAREST_CHAFF:g} needed); "
            "choose inputs that show the mistake, or take the criterion out of its LOSES"
        )
    if found.nearest_chaff_is and distance >= found.nearest_chaff:
        return found
    return replace(found, nearest_chaff=distance, nearest_chaff_is=run.name)


def _farthest(criterion: Criterion, run: Run) -> tuple[float, str]:
    """The largest distance of all cases that the criterion looks at, and the case."""
    dialect = nearest_dialect(run.fixture, run.observations)
    ratios = {}
    for case in _cases(criterion, run.fixture):
        expected, seen = case.dialects[dialect], run.observations[case.name]
        bounds = _bounds(criterion, expected, run.fixture.k)
        wrong_fact = fact_matches(criterion, Sight(case, expected, seen, run.fixture.k)) is not None
        apart = (ratio(_error(seen, expected, name), limit) for name, limit in bounds.items())
        ratios[case.name] = inf if wrong_fact else max(apart)
    return max((r, name) for name, r in ratios.items())


def _trivial_answer(criterion: Criterion, case: FixtureCase, expected: Expected, k: float) -> str:
    """Words for an answer that needs no work and passes this case; "" where there is none."""
    bounds = _bounds(criterion, expected, k)
    wanted = {name: expected.tensors[name].oracle for name in bounds}
    constants = {"zeros": 0.0, "ones": 1.0}
    for words, value in constants.items():
        if all(_passes(np.full_like(oracle, value), oracle, bounds[name]) for name, oracle in wanted.items()):
            return words
    if all(o.size > 1 and _passes(np.full_like(o, o.mean()), o, bounds[name]) for name, o in wanted.items()):
        return "a constant (the mean)"
    if all(any(_passes(i, o, bounds[name]) for i in case.inputs.values()) for name, o in wanted.items()):
        return "a copy of an input"
    return ""


def _passes(answer: Array, oracle: Array, limit: float) -> bool:
    return answer.shape == oracle.shape and bool(largest(distances(answer, oracle)) <= limit)
