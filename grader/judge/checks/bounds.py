"""How rare draws are under given probabilities, by bounds that hold for every sample size.

Each statistic is a sum of terms whose expectation is 0 whatever came before them (a martingale), if the draws follow
the probabilities. Bennett's inequality, which Freedman (1975) extended to such sums, bounds its tail: with terms of at
most b and a sum of variances v,

    P(sum >= s) <= exp(-v / b^2 * g(b s / v)),    g(u) = (1 + u) log(1 + u) - u

No term needs a large expected count, so that rare symbols need no merging. Where other probabilities are known that
draws may have instead, how much likelier they make the draws is the sharpest statistic: it has the expectation 1, so by
Markov's inequality it is as large as 1/p with probability p at most. Probabilities are natural logarithms here: those
of interest lie far below the smallest float.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.model.observation import Array

Floats = NDArray[np.float64]
_NO_VARIANCE = 1e-9  # keeps rounding from counting where only one symbol is possible


@dataclass(frozen=True)
class Draws:
    """Drawn symbols [calls, n], and the natural logarithms [calls, n, symbols] of each symbol's probability there."""

    drawn: Array
    logs: Floats

    @property
    def size(self) -> int:
        return int(self.drawn.size)

    def since(self, step: int) -> "Draws":
        """Without the first steps of every call."""
        return Draws(self.drawn[:, step:], self.logs[:, step:])

    def of_drawn(self) -> Floats:
        """The log probability of what was drawn, [calls, n]."""
        return np.take_along_axis(self.logs, self.drawn[:, :, None], axis=2)[:, :, 0]


def log_tail(total: Floats | float, variance: Floats | float, largest: float) -> Floats:
    """Upper bound of log P(|sum| >= |total|) for a sum of terms of at most `largest` with this sum of variances."""
    v = np.asarray(variance) / largest**2 + _NO_VARIANCE
    u = np.abs(total) / largest / v
    found: Floats = np.minimum(0.0, np.log(2.0) - v * ((1 + u) * np.log1p(u) - u))
    return found


def places(draws: Draws, generator: np.random.Generator) -> Floats:
    """Where each draw lies between 0 and 1 when the symbols' probabilities are laid end to end, [calls, n].

    A symbol's own share is spread by our generator (the randomized probability integral transform), so that right
    draws give independent uniform numbers.
    """
    p = np.exp(draws.logs)
    ends = np.take_along_axis(p.cumsum(axis=2), draws.drawn[:, :, None], axis=2)[:, :, 0]
    found: Floats = ends - generator.random(draws.drawn.shape) * np.exp(draws.of_drawn())
    return found


def tilt(u: Floats) -> tuple[float, float]:
    """The sum of u - 1/2 over uniform numbers, and its tail."""
    total = float(np.sum(u - 0.5))
    return total, float(log_tail(total, u.size / 12, 0.5))


def gain_of_power(draws: Draws, power: float) -> float:
    """log of how much likelier the draws are where every probability is raised to `power` and each sum is 1 again.

    0 makes all symbols equally likely; infinity leaves only the likeliest one, or several that are equally likely.
    """
    if np.isinf(power):
        likeliest = draws.logs.max(axis=2)
        left = (draws.logs == likeliest[:, :, None]).sum(axis=2)
        always = np.array_equal(draws.of_drawn(), likeliest)
        return float(-np.log(left).sum()) - log_likelihood(draws) if always else -np.inf
    raised = power * draws.logs
    sums = np.log(np.exp(raised - raised.max(axis=2, keepdims=True)).sum(axis=2)) + raised.max(axis=2)
    return float((power - 1) * draws.of_drawn().sum() - sums.sum())


def gain_of_one_number(draws: Draws) -> float:
    """log of how much likelier the draws are where all of a call come from one and the same random number."""
    ends = np.exp(draws.logs).cumsum(axis=2)
    upper = np.take_along_axis(ends, draws.drawn[:, :, None], axis=2)[:, :, 0]
    shared = upper.min(axis=1) - (upper - np.exp(draws.of_drawn())).max(axis=1)
    if (shared <= 0).any():
        return -np.inf
    return float(np.log(shared).sum()) - log_likelihood(draws)


def log_tail_of_gains(gains: Sequence[float]) -> float:
    """Upper bound of the log probability that the mean of these likelihood ratios (logarithms) is so large."""
    return min(0.0, float(np.log(len(gains)) - np.logaddexp.reduce(gains)))


def spread(u: Floats) -> tuple[float, float]:
    """The sum of (u - 1/2)^2 - 1/12 over uniform numbers, and its tail."""
    total = float(np.sum((u - 0.5) ** 2 - 1 / 12))
    return total, float(log_tail(total, u.size / 180, 1 / 6))


def products(first: Floats, second: Floats) -> tuple[float, float]:
    """The sum of (first - 1/2)(second - 1/2) over pairs that should be independent, and its tail."""
    total = float(np.sum((first - 0.5) * (second - 0.5)))
    return total, float(log_tail(total, first.size / 144, 0.25))


def repeats(draws: Draws) -> float:
    """A bound of the log probability that so many calls give what an earlier one gave; 0 where none does."""
    _, first, count = np.unique(draws.drawn, axis=0, return_index=True, return_counts=True)
    paths, calls = draws.of_drawn().sum(axis=1)[first], len(draws.drawn)
    # which calls these are, and which earlier one each is like: fewer than calls^2 ways for each
    return min(0.0, float(((count - 1) * (paths + 2 * np.log(calls))).sum()))


def all_alike(draws: Draws) -> float:
    """The log probability that all calls give what the first one gave; 0 where they do not."""
    if (draws.drawn != draws.drawn[0]).any():
        return 0.0
    return float((len(draws.drawn) - 1) * draws.of_drawn()[0].sum())


def log_likelihood(draws: Draws) -> float:
    return float(draws.of_drawn().sum())
