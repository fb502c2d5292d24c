"""Checks of draws: whatever source of randomness a submission uses, what it returned must follow known probabilities.

A criterion fails where a sample deviates too far from the oracle's probabilities and a second, larger one does too.
Each of the two has the level LEVEL for all that is looked at in it together: right draws fail once in 10^12 samples.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from math import log
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from grader.judge.checks.criterion import JudgedCriterion, Names, first_absent
from grader.judge.checks.draw_statistics import KINDS, Deviation, Draws, dependences, deviations, log_tail_of_gains
from grader.judge.comparison import readable
from grader.judge.context import Context, Evidence, Shortfall, failed
from grader.judge.quoting import printable
from grader.judge.wording import ending, why_absent
from grader.model.errors import GraderFault
from grader.model.fixture import Expected, Fixture, FixtureCase, Oracle
from grader.model.observation import Json

LEVEL = 1e-6
SETTLED = 25  # steps of a single long call; how it starts is another criterion's subject
ENOUGH = 120  # steps of a call tell one mistake from another
CLEARLY, RATHER = log(1e6), log(1e3)  # so much likelier must a mistake make the draws than the truth, and than others

_Sample = tuple[FixtureCase, Mapping[str, Json], NDArray[np.int64]]


class _DrawCriterion(JudgedCriterion):
    course_module, rests_on = "oracle.py", "numbers"
    tensors: Names  # of drawn indices, [calls, n]
    confirmed_by: tuple[str, ...] = ()  # of each of `tensors` a second, larger sample, in the same order

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_absent("tensor", self.draws, expected.draws)

    def recognise(self, evidence: Evidence, cases: Sequence[str]) -> str | None:
        """The mistake under which the draws of the failed `cases` are clearly likelier than under all else.

        They must not deviate from it: of two wrong explanations one is always the likelier.
        """
        oracle = evidence.fixture.oracle
        if oracle is None:
            return None
        samples: list[_Sample] = []
        for context in evidence.contexts(cases):
            usable = (name for name in self._names(oracle) if _unusable(name, context) is None)
            samples += [(context.case, context.seen.facts, _drawn(name, context)) for name in usable]
        begun = [(case, facts, drawn[:, :ENOUGH]) for case, facts, drawn in samples]
        likelihoods = [oracle.log_likelihoods(*sample) for sample in begun]
        found = {mistake: sum(each[mistake] for each in likelihoods) for mistake in (None, *oracle.mistakes)}
        best, *others = sorted(found, key=lambda mistake: -found[mistake])
        if best is None or not others:
            return None
        clearly = found[best] - found[None] >= CLEARLY and found[best] - found[others[0]] >= RATHER
        return best if clearly and all(_fits(oracle, sample, best) for sample in samples) else None

    def _names(self, oracle: Oracle) -> Sequence[str]:
        """The samples that are looked at by this oracle."""
        return self.tensors

    @property
    def draws(self) -> tuple[str, ...]:
        return (*self.tensors, *self.confirmed_by)

    @property
    def course_functions(self) -> tuple[str, ...]:
        return ("log_probabilities", "symbol", "MISTAKES")


class DrawsPossible(_DrawCriterion):
    """Every named tensor holds as many symbols as asked for, each one of those that there are."""

    check: Literal["draws_possible"]

    def shortfall(self, context: Context) -> Shortfall | None:
        return next(filter(None, (_unusable(name, context) for name in self.draws)), None)


class _ConfirmedDraws(_DrawCriterion):
    confirmed_by: Names
    beginnings: tuple[tuple[str, str], ...] = ()  # pairs in place of these, where a record tells how calls begin

    def can_tell(self, fixture: Fixture, case: FixtureCase) -> bool:
        """A single call shows what it shows after its beginning."""
        oracle = fixture.oracle
        if oracle is None or oracle.reach is None:
            return True
        return any(expected.draws[name][0] > 1 for expected in case.dialects.values() for name in self._names(oracle))

    def _pairs(self, oracle: Oracle) -> Sequence[tuple[str, str]]:
        recorded = self.beginnings if oracle.reach is not None else ()
        return recorded or tuple(zip(self.tensors, self.confirmed_by, strict=True))

    def _names(self, oracle: Oracle) -> Sequence[str]:
        return [first for first, _ in self._pairs(oracle)]

    @property
    def draws(self) -> tuple[str, ...]:
        return (*super().draws, *(name for pair in self.beginnings for name in pair))

    @abstractmethod
    def _deviations(self, draws: Draws, context: Context) -> list[Deviation]:
        """What is looked at in one sample; what says most comes first."""

    def shortfall(self, context: Context) -> Shortfall | None:
        for first, second in self._pairs(_known(context.oracle)):
            unusable = _unusable(first, context) or _unusable(second, context)
            if unusable is not None:
                return unusable
            confirmed = self._found(first, context) and self._found(second, context)
            if confirmed:
                power = min(300, int(-confirmed[0].log_p / log(10)))
                return failed(confirmed[0].words + ending(context, f"p < 1e-{power}"))
        return None

    def _found(self, name: str, context: Context) -> list[Deviation]:
        sample = (context.case, context.seen.facts, _drawn(name, context))
        draws = _under(_known(context.oracle), sample, None)
        return [deviation for deviation in self._deviations(draws, context) if deviation.log_p < log(LEVEL)]

    @model_validator(mode="after")
    def _every_sample_is_confirmed(self) -> Self:
        if len(self.confirmed_by) != len(self.tensors):
            raise ValueError("`confirmed_by` must name one larger sample for each of `tensors`")
        return self


class DrawsFollow(_ConfirmedDraws):
    """Every named sample has the oracle's probabilities, at each step given the steps before."""

    check: Literal["draws_follow"]

    def _deviations(self, draws: Draws, context: Context) -> list[Deviation]:
        oracle = _known(context.oracle)
        if draws.all_alike() < log(LEVEL):
            draws = Draws(draws.drawn[:1], draws.logs[:1])  # the function seeds itself: all calls show one sample
        elif len(draws.drawn) == 1:
            draws = draws.since(SETTLED)
        found = deviations(draws, oracle.symbols(context.case))
        # not in one long call: how it starts shows in many calls, and how it goes on by simpler statistics
        if len(draws.drawn) > 1 and oracle.mistakes:
            likely = oracle.log_likelihoods(context.case, context.seen.facts, draws.drawn)
            log_p = log_tail_of_gains([likely[mistake] - likely[None] for mistake in oracle.mistakes])
            words = "the draws are far likelier under a known mistake than they are when all is right"
            found.append(Deviation(log_p + log(KINDS), words))
        return found


class DrawsIndependent(_ConfirmedDraws):
    """No two calls of a sample give the same, and no draw tells anything of another one."""

    check: Literal["draws_independent"]

    def _deviations(self, draws: Draws, context: Context) -> list[Deviation]:
        return dependences(draws.since(SETTLED) if len(draws.drawn) == 1 else draws)


def _fits(oracle: Oracle, sample: _Sample, mistake: str) -> bool:
    against = deviations(_under(oracle, sample, mistake), oracle.symbols(sample[0]))
    return all(deviation.log_p >= log(LEVEL) for deviation in against)


def _under(oracle: Oracle, sample: _Sample, mistake: str | None) -> Draws:
    """The sample with the probabilities that it has under a mistake, or where all is right (None).

    As many symbols of each call as the oracle knows: a recorded one knows how a call begins.
    """
    case, facts, drawn = sample
    logs = oracle.log_probabilities(case, facts, drawn, mistake)
    return Draws(drawn[:, : logs.shape[1]], logs)


def _unusable(name: str, context: Context) -> Shortfall | None:
    seen, wanted = context.seen.tensors.get(name), context.expected.draws[name]
    if seen is None:
        return why_absent(context.seen, name)
    array = readable(seen)
    if array is None or array.dtype.kind not in "iu" or array.ndim != 2:
        kind = "None" if seen.type == "NoneType" else f"a value of type {printable(seen.type, 80)}"
        return failed(f"{name}: expected indices, got {kind}{ending(context)}")
    if array.shape != wanted:
        return failed(f"{name}: {_calls(array.shape)}; expected {_calls(wanted)}{ending(context)}")
    symbols = len(_known(context.oracle).symbols(context.case))
    wrong = array[(array < 0) | (array >= symbols)]
    if wrong.size:
        return failed(f"{name}: index {int(wrong[0])} was returned; there are 0 to {symbols - 1}{ending(context)}")
    return None


def _drawn(name: str, context: Context) -> NDArray[np.int64]:
    return np.asarray(context.seen.tensors[name].array, dtype=np.int64)


def _calls(shape: Sequence[int]) -> str:
    return f"{shape[0]} calls with {shape[1]} symbols each" if shape[0] > 1 else f"a call with {shape[1]} symbols"


def _known(oracle: Oracle | None) -> Oracle:
    if oracle is None:
        raise GraderFault("draws are judged without an oracle; report this")
    return oracle
