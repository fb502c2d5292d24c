"""Checks of noise: uniform random numbers, as they were drawn, whatever source of randomness a submission uses.

The limits are far out: independent uniform numbers go beyond one of them in fewer than one of 10**12 runs.
"""

from abc import abstractmethod
from itertools import combinations
from math import inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.judge.checks.criterion import JudgedCriterion, Names, first_absent
from grader.judge.comparison import readable
from grader.judge.context import Context, Evidence, Shortfall, failed
from grader.judge.quoting import number, quote
from grader.judge.wording import ending, why_absent
from grader.model.fixture import Expected, FixtureCase

LARGEST_GAP = 4.0  # of sqrt(n) * the Kolmogorov-Smirnov distance, exceeded with probability 2 * exp(-2 * 4**2)
LARGEST_CORRELATION = 8.0  # standard deviations
FEWEST_VALUES = 50
RARE = 1e-12
EDGE, WIDEST_EDGE = 0.01, 0.25  # part of the range: some numbers must come as near to each end

_Floats = NDArray[np.float64]


class _NoiseCriterion(JudgedCriterion):
    rests_on = "numbers"
    tensors: Names  # [rows, columns], of one call each

    @property
    def draws(self) -> tuple[str, ...]:
        return self.tensors

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_absent("tensor", self.tensors, expected.draws)

    def recognise(self, evidence: Evidence, cases: object) -> str | None:
        return None  # nothing that is recorded tells mistakes apart here; the message says what the numbers are like

    def shortfall(self, context: Context) -> Shortfall | None:
        calls = {}
        for name in self.tensors:
            seen, wanted = context.seen.tensors.get(name), context.expected.draws[name]
            if seen is None:
                return why_absent(context.seen, name)
            array = readable(seen)
            if array is None or array.shape != wanted or not np.isfinite(array).all():
                return failed(f"{name} must be finite numbers of shape {quote(wanted)}{ending(context)}")
            calls[name] = array.astype(np.float64)
        with np.errstate(all="ignore"):  # what overflows is within no bound
            wrong = self.wrong(calls)
        return failed(wrong + ending(context)) if wrong else None

    @abstractmethod
    def wrong(self, calls: dict[str, _Floats]) -> str:
        """What is wrong with these numbers; "" where nothing is."""


class NoiseFills(_NoiseCriterion):
    """The numbers reach from `low` to `high`, and not beyond."""

    check: Literal["noise_fills"]
    low: float
    high: float

    def wrong(self, calls: dict[str, _Floats]) -> str:
        for name, drawn in calls.items():
            # a row that is repeated, which is charged elsewhere, is few numbers, and seldom comes near the ends
            part = 1 - RARE ** (1 / len(np.unique(drawn)))
            edge = min(max(EDGE, part), WIDEST_EDGE) * (self.high - self.low)
            low, high = float(drawn.min()), float(drawn.max())
            if not (self.low <= low <= self.low + edge and self.high - edge <= high <= self.high):
                wanted = f"they should fill [{self.low:g}, {self.high:g}]"
                return f"the numbers of {name} reach from {number(low)} to {number(high)}; {wanted}"
        return ""


class NoiseIsEven(_NoiseCriterion):
    """The numbers are spread evenly over the range that they have, so that a wrong range is charged once."""

    check: Literal["noise_is_even"]

    def wrong(self, calls: dict[str, _Floats]) -> str:
        for name, drawn in calls.items():
            different = np.unique(drawn)
            if len(different) < FEWEST_VALUES:
                return f"{name} has only {len(different)} different numbers in {drawn.size:,}"
            # where most numbers repeat others, which is charged elsewhere, each counts once
            ordered = np.sort(drawn, axis=None) if len(different) > drawn.size / 2 else different
            places = (ordered - ordered[0]) / (ordered[-1] - ordered[0])
            gaps = np.abs(places - (np.arange(len(ordered)) + 0.5) / len(ordered))
            if not float(gaps.max()) * sqrt(len(ordered)) < LARGEST_GAP:
                return f"the numbers of {name} are not spread evenly over their range"
        return ""


class NoiseIsFresh(_NoiseCriterion):
    """Rows, columns and calls have nothing to do with each other."""

    check: Literal["noise_is_fresh"]

    def wrong(self, calls: dict[str, _Floats]) -> str:
        found: dict[str, float] = {}
        for name, drawn in calls.items():
            found[f"each row of {name} depends on the row before it"] = _correlation(drawn[:-1], drawn[1:])
            found[f"each column of {name} depends on the column before it"] = _correlation(drawn[:, :-1], drawn[:, 1:])
        for (first, some), (second, others) in combinations(calls.items(), 2):
            if np.array_equal(some, others):
                return f"{second} has the same numbers as {first}"
            found[f"the numbers of {second} depend on those of {first}"] = _correlation(some, others)
        most = max(found, key=lambda words: found[words])
        return "" if found[most] < LARGEST_CORRELATION else most


def _correlation(some: _Floats, others: _Floats) -> float:
    """In standard deviations, which are 1 / sqrt(n) for independent uniform numbers; infinite where all are equal."""
    a, b = (values.ravel() - values.mean() for values in (some, others))
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return abs(float(a @ b)) * sqrt(some.size) / size if size else inf
