"""How exact a correct answer is: measured, not guessed.

Every dialect and every wheat is run with {1, 2 threads} x {oneDNN on, off}. Distances are in units of the tolerance
(1 is just allowed). An exercise is well calibrated where every correct run stays within one half, and every chaff is
at least two away in each criterion that it must lose; else the build refuses it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import inf, isinf
from operator import itemgetter

import numpy as np

from grader.judge.checks.criterion import JudgedCriterion
from grader.judge.comparison import distances, largest
from grader.judge.context import Context, Evidence
from grader.judge.diagnosis import nearest_dialect
from grader.model.errors import CourseError
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Array, Observation, SeenTensor
from grader.model.rubric import ExerciseRubric

SMALLEST_FACTOR = 16.0
LARGEST_FACTOR = 1024.0  # what lies farther off is no rounding: a wheat is wrong, or a case badly conditioned
WORST_CORRECT = 0.5
NEAREST_CHAFF = 2.0


@dataclass(frozen=True)
class Run:
    """What one course file showed on all cases of one set."""

    name: str  # "wheats/by_unfold"
    fixture: Fixture
    observations: Mapping[str, Observation]
    loses: frozenset[str] = frozenset()  # criteria that it must fail; empty for a correct run

    def judged_with(self, factor: float) -> "Run":
        return replace(self, fixture=replace(self.fixture, tolerance_factor=factor))

    def contexts(self, criterion: JudgedCriterion) -> Iterator[Context]:
        """What the criterion looks at, case by case."""
        evidence = Evidence(self.fixture, self.observations, nearest_dialect(self.fixture, self.observations))
        return evidence.contexts(case.name for case in self.fixture.cases if criterion.looks_at(case.name))


@dataclass(frozen=True)
class Figures:
    """How one criterion separates right from wrong, in units of the tolerance."""

    worst_correct: float = 0.0
    worst_correct_is: str = ""
    nearest_chaff: float = inf  # infinite: every chaff shows a wrong form, or no result at all
    nearest_chaff_is: str = ""

    def in_words(self) -> dict[str, float | str]:
        """As the manifest has them, with three digits: a build's last bits are no news."""
        nearest = "infinite" if isinf(self.nearest_chaff) else float(f"{self.nearest_chaff:.3g}")
        chaff = {"nearest_chaff": nearest, "nearest_chaff_is": self.nearest_chaff_is} if self.nearest_chaff_is else {}
        worst = float(f"{self.worst_correct:.3g}")
        return {"worst_correct": worst, "worst_correct_is": self.worst_correct_is, **chaff}


@dataclass(frozen=True)
class Calibration:
    tolerance_factor: float
    criteria: Mapping[str, Figures] = field(default_factory=dict)


def choose_tolerance_factor(rubric: ExerciseRubric[JudgedCriterion], correct: Sequence[Run]) -> float:
    """The smallest power of two, from 16 to 1024, that leaves every correct run within half of its tolerance."""
    factor = SMALLEST_FACTOR
    for run, criterion in product(correct, _by_tolerance(rubric)):
        for context in run.contexts(criterion):
            factor = _needed_factor(criterion, context, factor)
    return factor


def _needed_factor(criterion: JudgedCriterion, context: Context, least: float) -> float:
    """The first power of two from `least` on that leaves this case within half; `least` where none makes it nearer."""

    def distance(factor: float) -> float:
        return criterion.distance(replace(context, tolerance_factor=factor))

    factor = least
    while distance(factor) > WORST_CORRECT and factor < LARGEST_FACTOR:
        factor *= 2
    return factor if distance(factor) < distance(least) else least


def measure(
    rubric: ExerciseRubric[JudgedCriterion], factor: float, correct: Sequence[Run], chaffs: Sequence[Run]
) -> Calibration:
    """Figures of every criterion that compares values; raises CourseError where one is ill calibrated."""
    figures = {}
    for criterion in _by_tolerance(rubric):
        right = [_farthest(criterion, run.judged_with(factor)) for run in correct]
        wrong = [_farthest(criterion, run.judged_with(factor)) for run in chaffs if criterion.id in run.loses]
        for distance, where, name in right:
            if not distance <= WORST_CORRECT:
                found = f"{name} is correct but lies {distance:.3g} tolerances from the reference"
                limit = f"(k = {factor:g}, at most {WORST_CORRECT:g} allowed)"
                raise CourseError(f"{where}: {found} {limit}; make the case better conditioned, or correct the wheat")
        for distance, where, name in wrong:
            if not distance >= NEAREST_CHAFF:
                found = f"{name} must lose it but lies {distance:.3g} tolerances from the reference"
                limit = f"(k = {factor:g}, at least {NEAREST_CHAFF:g} needed)"
                fix = "choose inputs that show the mistake, or take the criterion out of its LOSES"
                raise CourseError(f"{where}: {found} {limit}; {fix}")
        worst, _, worst_is = max(right, key=itemgetter(0), default=(0.0, "", ""))
        nearest, _, nearest_is = min(wrong, key=itemgetter(0), default=(inf, "", ""))
        figures[criterion.id] = Figures(worst, worst_is, nearest, nearest_is)
    return Calibration(factor, figures)


def refuse_trivial(rubric: ExerciseRubric[JudgedCriterion], fixture: Fixture, which: str) -> None:
    """Raise CourseError where a case is answered by zeros, ones, the mean, or a copy of an input."""
    for criterion, case in product(_by_tolerance(rubric), fixture.cases):
        for dialect, expected in case.dialects.items() if criterion.looks_at(case.name) else ():
            if answer := _trivial_answer(criterion, case, expected, fixture.tolerance_factor):
                where = f"criterion {criterion.id!r}, case {case.name!r} ({which} set), dialect {dialect!r}"
                fix = "draw inputs in the probe that tell it apart"
                raise CourseError(f"{fixture.exercise}: {where}: {answer} would pass; {fix}")


def _by_tolerance(rubric: ExerciseRubric[JudgedCriterion]) -> list[JudgedCriterion]:
    return [criterion for criterion in rubric.criteria if criterion.by_tolerance]


def _farthest(criterion: JudgedCriterion, run: Run) -> tuple[float, str, str]:
    """The largest distance of all cases that the criterion looks at, where that is, and the run's name."""
    distance, case = max((criterion.distance(context), context.case.name) for context in run.contexts(criterion))
    return distance, f"{run.fixture.exercise}: criterion {criterion.id!r}, case {case!r}", run.name


def _trivial_answer(criterion: JudgedCriterion, case: FixtureCase, expected: Expected, factor: float) -> str:
    """Words for an answer that needs no work and passes this case; "" where there is none."""
    trivial: dict[str, Callable[[Array], Array | None]] = {
        "zeros": np.zeros_like,
        "ones": np.ones_like,
        "a constant (the mean)": lambda oracle: np.full_like(oracle, oracle.mean()) if oracle.size > 1 else None,
        "a copy of an input": lambda oracle: _nearest_input(case, oracle),
    }
    for words, answer in trivial.items():
        tensors = {}
        for name, tensor in expected.tensors.items():
            if (array := answer(tensor.oracle)) is not None:
                tensors[name] = SeenTensor("Tensor", array.shape, tensor.dtype, "cpu", array)
        seen = Observation(case.name, tensors=tensors, facts=expected.facts)
        if criterion.shortfall(Context(case, expected, seen, factor)) is None:
            return words
    return ""


def _nearest_input(case: FixtureCase, oracle: Array) -> Array | None:
    """The input of this shape that comes nearest; None where there is none."""
    alike = (array for array in case.inputs.values() if array.shape == oracle.shape)
    return min(alike, key=lambda array: largest(distances(array, oracle)), default=None)
