"""Checks of draws: whatever source of randomness a submission uses, what it returned must follow known probabilities.

A criterion fails where a sample is too surprising under the oracle's probabilities and a second, larger one is too.
Each of the two has the level LEVEL for all that is looked at in it together: right draws fail once in 10^12 samples.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log

import numpy as np

from grader.judge.absence import Finding, failed, why_absent
from grader.judge.checks import bounds as chance
from grader.judge.checks.bounds import Draws
from grader.judge.checks.draw_statistics import KINDS, Surprise, dependent, unlikely
from grader.judge.comparison import readable
from grader.judge.context import Sight
from grader.judge.quoting import printable
from grader.judge.wording import ending
from grader.model.errors import GraderFault
from grader.model.fixture import Fixture, FixtureCase, Oracle
from grader.model.observation import Json, Observation
from grader.model.rubric import Criterion

LEVEL = 1e-6
SETTLED = 25  # steps of a single long call; how it starts is another criterion's subject
ENOUGH = 120  # steps of a call tell one mistake from another
CLEARLY, RATHER = log(1e6), log(1e3)  # so much likelier must a mistake make the draws than the truth, and than others


def draws_possible(criterion: Criterion, sight: Sight) -> Finding | None:
    """Every named tensor holds as many symbols as asked for, each one of those that there are."""
    for name in (*criterion.tensors, *criterion.confirmed_by):
        finding = _unusable(name, sight)
        if finding is not None:
            return finding
    return None


def draws_follow(criterion: Criterion, sight: Sight) -> Finding | None:
    """Every named sample has the oracle's probabilities, at each step given the steps before."""

    def look(draws: Draws) -> list[Surprise]:
        oracle = _oracle(sight.oracle)
        found = unlikely(draws, lambda index: oracle.symbol(sight.case, index))
        return [*found, *_likelier_under_mistakes(draws, oracle, sight)]

    return _confirmed(criterion, sight, look)


def draws_independent(criterion: Criterion, sight: Sight) -> Finding | None:
    """No two calls of a sample give the same, and no draw tells anything of another one."""
    return _confirmed(criterion, sight, dependent)


def recognise_draws(
    criterion: Criterion, fixture: Fixture, observations: Mapping[str, Observation], dialect: str, cases: Sequence[str]
) -> str | None:
    """The mistake under which the draws of the failed `cases` are clearly likelier than under all else; None without.

    They must be no surprise under it: of two wrong explanations one is always the likelier.
    """
    if fixture.oracle is None:
        return None
    samples = list(_samples(criterion, fixture, observations, dialect, cases))
    begun = [(case, facts, drawn[:, :ENOUGH]) for case, facts, drawn in samples]
    found: dict[str | None, float] = {}
    for mistake in (None, *fixture.oracle.mistakes):
        found[mistake] = sum(_log_likelihood(fixture.oracle, sample, mistake) for sample in begun)
    best, second = sorted(found, key=lambda mistake: -found[mistake])[:2]
    clearly = found[best] - found[None] >= CLEARLY and found[best] - found[second] >= RATHER
    fits = best is not None and clearly and all(_fits(fixture.oracle, sample, best) for sample in samples)
    return best if fits else None


_Sample = tuple[FixtureCase, Mapping[str, Json], "np.typing.NDArray[np.int64]"]


def _samples(
    criterion: Criterion, fixture: Fixture, observations: Mapping[str, Observation], dialect: str, cases: Sequence[str]
) -> Iterator[_Sample]:
    for case in (fixture.case(name) for name in cases):
        expected, seen = case.dialects.get(dialect), observations.get(case.name)
        if expected is None or seen is None:
            continue
        sight = Sight(case, expected, seen, fixture.k, oracle=fixture.oracle)
        for name in criterion.tensors:
            if _unusable(name, sight) is None:
                yield case, seen.facts, _drawn(name, sight)


def _log_likelihood(oracle: Oracle, sample: _Sample, mistake: str | None) -> float:
    case, facts, drawn = sample
    return chance.log_likelihood(Draws(drawn, oracle.log_probabilities(case, facts, drawn, mistake)))


def _fits(oracle: Oracle, sample: _Sample, mistake: str) -> bool:
    case, facts, drawn = sample
    draws = Draws(drawn, oracle.log_probabilities(case, facts, drawn, mistake))
    return all(surprise.log_p >= log(LEVEL) for surprise in unlikely(draws, str))


def _confirmed(criterion: Criterion, sight: Sight, look: Callable[[Draws], list[Surprise]]) -> Finding | None:
    for first, second in zip(criterion.tensors, criterion.confirmed_by, strict=True):
        finding = _unusable(first, sight) or _unusable(second, sight)
        if finding is not None:
            return finding
        found = _surprises(first, sight, look)
        if not found:
            continue
        confirmed = _surprises(second, sight, look)
        if confirmed:
            worst = confirmed[0]  # what says most comes first
            return failed(worst.words + ending(sight, _as_power(worst.log_p)))
    return None


def _surprises(name: str, sight: Sight, look: Callable[[Draws], list[Surprise]]) -> list[Surprise]:
    drawn = _drawn(name, sight)
    draws = Draws(drawn, _oracle(sight.oracle).log_probabilities(sight.case, sight.seen.facts, drawn))
    if look is not dependent and chance.all_alike(draws) < log(LEVEL):
        draws = Draws(drawn[:1], draws.logs[:1])  # the function seeds itself: all calls together show one sample
    elif len(drawn) == 1:
        draws = draws.since(SETTLED)
    return [surprise for surprise in look(draws) if surprise.log_p < log(LEVEL)]


def _likelier_under_mistakes(draws: Draws, oracle: Oracle, sight: Sight) -> Iterator[Surprise]:
    """Not looked at in one long call: how it starts shows in many calls, and how it goes on by simpler statistics."""
    if len(draws.drawn) == 1 or not oracle.mistakes:
        return
    right = chance.log_likelihood(draws)
    sample = (sight.case, sight.seen.facts, draws.drawn)
    gains = [_log_likelihood(oracle, sample, mistake) - right for mistake in oracle.mistakes]
    yield Surprise(
        chance.log_tail_of_gains(gains) + log(KINDS),
        "the draws are far likelier under a known mistake than they are when all is right",
    )


def _unusable(name: str, sight: Sight) -> Finding | None:
    seen, wanted = sight.seen.tensors.get(name), sight.expected.draws[name]
    if seen is None:
        return why_absent(sight.seen, name)
    array = readable(seen)
    if array is None or array.dtype.kind not in "iu" or array.ndim != 2:
        kind = "None" if seen.type == "NoneType" else f"a value of type {printable(seen.type, 80)}"
        return failed(f"{name}: expected indices, got {kind}{ending(sight)}")
    if array.shape != wanted:
        return failed(f"{name}: {_calls(array.shape)}; expected {_calls(wanted)}{ending(sight)}")
    symbols = _symbols(sight)
    wrong = array[(array < 0) | (array >= symbols)]
    if wrong.size:
        return failed(f"{name}: index {int(wrong[0])} was returned; there are 0 to {symbols - 1}{ending(sight)}")
    return None


def _symbols(sight: Sight) -> int:
    """How many symbols there are."""
    nothing = np.zeros((1, 1), dtype=np.int64)
    return int(_oracle(sight.oracle).log_probabilities(sight.case, {}, nothing).shape[2])


def _drawn(name: str, sight: Sight) -> "np.typing.NDArray[np.int64]":
    return np.asarray(sight.seen.tensors[name].array, dtype=np.int64)


def _calls(shape: Sequence[int]) -> str:
    return f"{shape[0]} calls with {shape[1]} symbols each" if shape[0] > 1 else f"a call with {shape[1]} symbols"


def _oracle(oracle: Oracle | None) -> Oracle:
    if oracle is None:
        raise GraderFault("draws are judged without an oracle; report this")
    return oracle


def _as_power(log_p: float) -> str:
    """`p < 1e-20`"""
    return f"p < 1e-{min(300, int(-log_p / log(10)))}"
