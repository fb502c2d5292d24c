"""How a sample deviates from its probabilities, in words that a student understands. All is bounded as in bounds.py."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np

from grader.judge.checks import bounds
from grader.judge.checks.bounds import Draws

MANY_CALLS = 8  # from so many on, each step is looked at by itself
KINDS = 6  # of statistics that are looked at in one sample, at most
_POWERS = (0.0, 0.5, 2.0, inf)  # of the probabilities: flatter than they should be, and sharper


@dataclass(frozen=True)
class Deviation:
    """Something about a sample that right draws rarely show."""

    log_p: float  # natural logarithm of a bound of how rarely, all that was looked at taken into account
    words: str


def deviations(draws: Draws, symbol: Callable[[int], str]) -> list[Deviation]:
    """How far the draws are from having the probabilities, by several statistics; what says most comes first.

    That is what happens at a certain step, then what is rarest.
    """
    if draws.size == 0:
        return []
    u = bounds.places(draws, np.random.default_rng(0))
    by_step = [_counts_at_steps(draws, symbol)] if len(draws.drawn) >= MANY_CALLS else []
    whole = [_sharpness(draws), *_one_number(draws), _counts(draws, symbol), *_evenness(u)]
    return [*by_step, *sorted(whole, key=lambda deviation: deviation.log_p)]


def dependences(draws: Draws) -> list[Deviation]:
    """How far the draws are from being independent of each other, between calls and within a call."""
    found = [Deviation(bounds.repeats(draws) + log(KINDS), "two calls with the same arguments gave the same result")]
    u = bounds.places(draws, np.random.default_rng(0))
    if len(u) > 1:
        _, log_p = bounds.products(u[1:], u[:-1])
        found.append(Deviation(log_p + log(KINDS), "a call's draws depend on those of the call before"))
    _, log_p = bounds.products(u[:, 1:], u[:, :-1])
    found.append(Deviation(log_p + log(KINDS), "a draw depends on the chance of the draw before it"))
    return found


def _sharpness(draws: Draws) -> Deviation:
    """Whether likely symbols come too often or too seldom, whichever they are."""
    log_p = bounds.log_tail_of_gains([bounds.gain_of_power(draws, power) for power in _POWERS])
    p = np.exp(draws.logs.max(axis=2))
    count = int((draws.of_drawn() == draws.logs.max(axis=2)).sum())
    words = _count_in_words("the likeliest symbol of each moment", count, float(p.sum()), float((p * (1 - p)).sum()))
    return Deviation(log_p + log(KINDS), f"{words} in {draws.size:,} draws")


def _one_number(draws: Draws) -> Iterator[Deviation]:
    """Looked at in a single call: a start is often sure of its first symbols. Taking the likeliest is another thing."""
    always_likeliest = bool((draws.of_drawn() == draws.logs.max(axis=2)).all())
    if len(draws.drawn) == 1 and not always_likeliest:
        log_p = bounds.log_tail_of_gains([bounds.gain_of_one_number(draws)])
        yield Deviation(log_p + log(KINDS), "all draws of a call come from the same random number")


def _evenness(u: bounds.Floats) -> Iterator[Deviation]:
    total, log_p = bounds.tilt(u)
    where = "small" if total < 0 else "large"
    yield Deviation(log_p + log(KINDS), f"symbols with {where} indices come too often, given what stands before them")
    total, log_p = bounds.spread(u)
    where = "the smallest and the largest" if total > 0 else "middling"
    yield Deviation(log_p + log(KINDS), f"symbols with {where} indices come too often, given what stands before them")


def _counts(draws: Draws, symbol: Callable[[int], str]) -> Deviation:
    """How often each symbol was drawn in all."""
    p = np.exp(draws.logs)
    expected, variance = p.sum(axis=(0, 1)), (p * (1 - p)).sum(axis=(0, 1))
    counts = np.bincount(draws.drawn.ravel(), minlength=p.shape[2])
    log_p = bounds.log_tail(counts - expected, variance, 1.0)
    worst = int(np.argmin(log_p))
    words = _count_in_words(symbol(worst), counts[worst], expected[worst], variance[worst])
    return Deviation(float(log_p[worst]) + log(KINDS * counts.size), f"{words} in {draws.size:,} draws")


def _counts_at_steps(draws: Draws, symbol: Callable[[int], str]) -> Deviation:
    """How often each symbol came as the first, the second, … of a call."""
    p = np.exp(draws.logs)
    calls, steps, symbols = p.shape
    expected, variance = p.sum(axis=0), (p * (1 - p)).sum(axis=0)
    counts = np.stack([np.bincount(draws.drawn[:, step], minlength=symbols) for step in range(steps)])
    log_p = bounds.log_tail(counts - expected, variance, 1.0)
    step, worst = (int(i) for i in np.unravel_index(np.argmin(log_p), log_p.shape))
    words = _count_in_words(symbol(worst), counts[step, worst], expected[step, worst], variance[step, worst])
    return Deviation(
        float(log_p[step, worst]) + log(KINDS * counts.size), f"{words} as number {step + 1} of {calls:,} calls"
    )


def _count_in_words(symbol: str, count: int, expected: float, variance: float) -> str:
    return f"{symbol} was drawn {count:,} times, expected about {expected:,.0f} ± {max(1.0, sqrt(variance)):,.0f},"
