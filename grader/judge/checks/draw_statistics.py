"""How a sample deviates from its probabilities, in words that a student understands; by bounds for every sample size.

Each statistic is a sum of terms whose expectation is 0 whatever came before them (a martingale), if the draws follow
the probabilities. Bennett's inequality, which Freedman (1975) extended to such sums, bounds its tail: with terms of at
most b and a sum of variances v,

    P(sum >= s) <= exp(-v / b^2 * g(b s / v)),    g(u) = (1 + u) log(1 + u) - u

No term needs a large expected count, so that rare symbols need no merging. Where other probabilities are known that
draws may have instead, how much likelier they make the draws is the sharpest statistic: it has the expectation 1, so by
Markov's inequality it is as large as 1/p with probability p at most. Probabilities are natural logarithms here: those
of interest lie far below the smallest float.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from grader.judge.quoting import printable
from grader.model.observation import Array

MANY_CALLS = 8  # from so many on, each step is looked at by itself
KINDS = 6  # of statistics that are looked at in one sample, at most
_POWERS = (0.0, 0.5, 2.0, inf)  # of the probabilities: flatter than they should be, and sharper
_NO_VARIANCE = 1e-9  # keeps rounding from counting where only one symbol is possible

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """Drawn symbols [calls, n], and the natural logarithms [calls, n, symbols] of each symbol's probability there."""

    drawn: Array
    logs: Floats

    def since(self, step: int) -> "Draws":
        """Without the first steps of every call."""
        return Draws(self.drawn[:, step:], self.logs[:, step:])

    def of_drawn(self) -> Floats:
        """The log probability of what was drawn, [calls, n]."""
        return np.take_along_axis(self.logs, self.drawn[:, :, None], axis=2)[:, :, 0]

    def upper_ends(self) -> Floats:
        """Of each drawn symbol's share, where the symbols' probabilities are laid end to end, [calls, n]."""
        ends = np.exp(self.logs).cumsum(axis=2)
        return np.take_along_axis(ends, self.drawn[:, :, None], axis=2)[:, :, 0]

    def log_likelihood(self) -> float:
        return float(self.of_drawn().sum())

    def all_alike(self) -> float:
        """The log probability that all calls give what the first one gave; 0 where they do not."""
        if (self.drawn != self.drawn[0]).any():
            return 0.0
        return float((len(self.drawn) - 1) * self.of_drawn()[0].sum())


@dataclass(frozen=True)
class Deviation:
    """Something about a sample that right draws rarely show."""

    log_p: float  # natural logarithm of a bound of how rarely, all that was looked at taken into account
    words: str


def deviations(draws: Draws, symbols: Sequence[str]) -> list[Deviation]:
    """How far the draws are from having the probabilities, by several statistics; what says most comes first.

    That is what happens at a certain step, then what is rarest.
    """
    if draws.drawn.size == 0:
        return []
    u = places(draws, np.random.default_rng(0))
    by_step = [_counts(draws, symbols, at_steps=True)] if len(draws.drawn) >= MANY_CALLS else []
    whole = [_sharpness(draws), *_one_number(draws), _counts(draws, symbols, at_steps=False), *_evenness(u)]
    return [*by_step, *sorted(whole, key=lambda deviation: deviation.log_p)]


def dependences(draws: Draws) -> list[Deviation]:
    """How far the draws are from being independent of each other, between calls and within a call."""
    if draws.drawn.size == 0:
        return []
    u = places(draws, np.random.default_rng(0))
    found = {
        "two calls with the same arguments gave the same result": min(repeats(draws), draws.all_alike()),
        "a call's draws depend on those of the call before": _products(u[1:], u[:-1]),
        "a draw depends on the chance of the draw before it": _products(u[:, 1:], u[:, :-1]),
    }
    return [Deviation(log_p + log(KINDS), words) for words, log_p in found.items()]


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
    found: Floats = draws.upper_ends() - generator.random(draws.drawn.shape) * np.exp(draws.of_drawn())
    return found


def gain_of_power(draws: Draws, power: float) -> float:
    """log of how much likelier the draws are where every probability is raised to `power` and each sum is 1 again.

    0 makes all symbols equally likely; infinity leaves only the likeliest one, or several that are equally likely.
    """
    if np.isinf(power):
        likeliest = draws.logs.max(axis=2)
        left = (draws.logs == likeliest[:, :, None]).sum(axis=2)
        always = np.array_equal(draws.of_drawn(), likeliest)
        return float(-np.log(left).sum()) - draws.log_likelihood() if always else -np.inf
    raised = power * draws.logs
    sums = np.log(np.exp(raised - raised.max(axis=2, keepdims=True)).sum(axis=2)) + raised.max(axis=2)
    return float((power - 1) * draws.of_drawn().sum() - sums.sum())


def gain_of_one_number(draws: Draws) -> float:
    """log of how much likelier the draws are where all of a call come from one and the same random number."""
    upper = draws.upper_ends()
    shared = upper.min(axis=1) - (upper - np.exp(draws.of_drawn())).max(axis=1)
    if (shared <= 0).any():
        return -np.inf
    return float(np.log(shared).sum()) - draws.log_likelihood()


def log_tail_of_gains(gains: Sequence[float]) -> float:
    """Upper bound of the log probability that the mean of these likelihood ratios (logarithms) is so large."""
    return min(0.0, float(np.log(len(gains)) - np.logaddexp.reduce(gains)))


def repeats(draws: Draws) -> float:
    """A bound of the log probability that so many calls give what an earlier one gave; 0 where none does."""
    _, first, count = np.unique(draws.drawn, axis=0, return_index=True, return_counts=True)
    paths, calls = draws.of_drawn().sum(axis=1)[first], len(draws.drawn)
    # which calls these are, and which earlier one each is like: fewer than calls^2 ways for each
    return min(0.0, float(((count - 1) * (paths + 2 * np.log(calls))).sum()))


def _sharpness(draws: Draws) -> Deviation:
    """Whether likely symbols come too often or too seldom, whichever they are."""
    log_p = log_tail_of_gains([gain_of_power(draws, power) for power in _POWERS])
    p = np.exp(draws.logs.max(axis=2))
    count = int((draws.of_drawn() == draws.logs.max(axis=2)).sum())
    words = _count_in_words("the likeliest symbol of each moment", count, float(p.sum()), float((p * (1 - p)).sum()))
    return Deviation(log_p + log(KINDS), f"{words} in {draws.drawn.size:,} draws")


def _one_number(draws: Draws) -> Iterator[Deviation]:
    """Looked at in a single call: a start is often sure of its first symbols. Taking the likeliest is another thing."""
    if len(draws.drawn) == 1 and not np.array_equal(draws.of_drawn(), draws.logs.max(axis=2)):
        log_p = log_tail_of_gains([gain_of_one_number(draws)])
        yield Deviation(log_p + log(KINDS), "all draws of a call come from the same random number")


def _evenness(u: Floats) -> Iterator[Deviation]:
    """By u - 1/2 and by its square, each less what it is on average for uniform numbers."""
    for terms, parts, most, low, high in (
        (u - 0.5, 12, 0.5, "small", "large"),
        ((u - 0.5) ** 2 - 1 / 12, 180, 1 / 6, "middling", "the smallest and the largest"),
    ):
        total = float(np.sum(terms))
        words = f"symbols with {low if total < 0 else high} indices come too often, given what stands before them"
        yield Deviation(float(log_tail(total, u.size / parts, most)) + log(KINDS), words)


def _products(first: Floats, second: Floats) -> float:
    """The tail of the sum of (first - 1/2)(second - 1/2) over pairs that should be independent."""
    return float(log_tail(np.sum((first - 0.5) * (second - 0.5)), first.size / 144, 0.25))


def _counts(draws: Draws, symbols: Sequence[str], at_steps: bool) -> Deviation:
    """How often each symbol was drawn: as the first, the second, … of a call, or in all."""
    p = np.exp(draws.logs)
    came = draws.drawn[:, :, None] == np.arange(p.shape[2])
    over = 0 if at_steps else (0, 1)
    counts, expected, variance = (np.atleast_2d(each.sum(axis=over)) for each in (came, p, p * (1 - p)))
    log_p = log_tail(counts - expected, variance, 1.0)
    worst = step, index = tuple(int(i) for i in np.unravel_index(np.argmin(log_p), log_p.shape))
    where = f"as number {step + 1} of {len(draws.drawn):,} calls" if at_steps else f"in {draws.drawn.size:,} draws"
    words = _count_in_words(printable(symbols[index], 80), counts[worst], expected[worst], variance[worst])
    return Deviation(float(log_p[worst]) + log(KINDS * log_p.size), f"{words} {where}")


def _count_in_words(symbol: str, count: int, expected: float, variance: float) -> str:
    return f"{symbol} was drawn {count:,} times, expected about {expected:,.0f} ± {max(1.0, sqrt(variance)):,.0f},"
