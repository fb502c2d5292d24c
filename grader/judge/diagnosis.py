"""Which of several right answers an observation comes nearest to; which known mistake it shows, if clearly one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from grader.judge.comparison import bounds, differs_in_form, distances, largest, magnitude, ratio, readable, same_fact
from grader.judge.context import Context, Evidence
from grader.model.fixture import Excerpt, Expected, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Observation, Outcome, as_float64

NEAR = 4.0  # bounds: within these, an observation may be the mistake's
CLEARLY = 10.0  # times as far must everything else be, the right answer too


@dataclass(frozen=True)
class Compared:
    """What two ways of solving an exercise are told apart by."""

    limits: Mapping[str, float] = field(default_factory=dict)  # tensor -> bound
    facts: Sequence[str] = ()


Choice = Callable[[Context], Compared]
"""What to compare of a case."""


def everything(context: Context, together: bool = False) -> Compared:
    """All that is recorded, tensors on the scale of each, or of all `together`."""
    expected = context.expected
    return Compared(bounds(expected.tensors, expected, context.tolerance_factor, together), tuple(expected.facts))


def nearest_dialect(fixture: Fixture, observations: Mapping[str, Observation]) -> str:
    """The dialect that agrees with most of what the first telling case showed; the first dialect where none tells.

    A case tells where a tensor was seen. All other cases are judged by the same dialect, so that nobody can mix them.
    """
    names = list(dict.fromkeys(name for case in fixture.cases for name in case.dialects))
    for case in fixture.cases if len(names) > 1 else ():
        seen = observations.get(case.name)
        if seen is not None and any(t.array is not None for t in seen.tensors.values()):
            dialects, factor = case.dialects, fixture.tolerance_factor
            return min(dialects, key=lambda name: _disagreement(seen, dialects[name], factor))
    return names[0] if names else ""


def nearest_mistake(evidence: Evidence, cases: Sequence[str], part: Choice, whole: Choice = everything) -> str | None:
    """The mistake (chaff) that `cases` show in this part of them; None where none clearly does.

    Where several mistakes look alike in this part, the whole of all cases decides between them.
    """
    here = [evidence.fixture.case(name) for name in cases]
    names = dict.fromkeys(name for case in evidence.fixture.cases for name in case.mistakes)
    found = {name: _distance(evidence, here, part, name) for name in names}
    nearest = min(found.values(), default=inf)
    if not nearest <= NEAR or not _distance(evidence, here, part, None) >= CLEARLY * max(nearest, 1.0):
        return None
    rivals = [name for name, distance in found.items() if distance < CLEARLY * max(nearest, 1.0)]
    if len(rivals) > 1:
        rivals = [name for name in rivals if _distance(evidence, evidence.fixture.cases, whole, name) <= NEAR]
    return rivals[0] if len(rivals) == 1 else None


def distance_from_right(context: Context, compared: Compared) -> float:
    """The largest distance from what is recorded, in units of its bound; infinite in another form or with other facts.

    For runs on this machine's processor, as calibration makes them.
    """
    seen, expected = context.seen, context.expected
    if any(_wrong_fact(seen, expected, name) for name in compared.facts):
        return inf
    for name in compared.limits:
        if name in seen.tensors and differs_in_form(seen.tensors[name], expected.tensors[name], "cpu") is not None:
            return inf
    return max((_from_right(seen, expected, name, limit) for name, limit in compared.limits.items()), default=0.0)


def _disagreement(seen: Observation, expected: Expected, factor: float) -> tuple[int, float]:
    """How many tensors and facts are not as expected, and the largest distance from a value in units of its bound."""
    limits = bounds(expected.tensors, expected, factor)
    ratios = [_from_right(seen, expected, name, limit) for name, limit in limits.items()]
    wrong_facts = sum(_wrong_fact(seen, expected, name) for name in expected.facts)
    return wrong_facts + sum(not ratio <= 1 for ratio in ratios), max(ratios, default=0.0)


def _wrong_fact(seen: Observation, expected: Expected, name: str) -> bool:
    return name not in seen.facts or not same_fact(seen.facts[name], expected.facts[name])


def _from_right(seen: Observation, expected: Expected, name: str, limit: float) -> float:
    """Infinite where there is nothing to compare."""
    array, wanted = readable(seen.tensors.get(name)), expected.tensors[name].oracle
    return inf if array is None or array.shape != wanted.shape else ratio(largest(distances(array, wanted)), limit)


def _distance(evidence: Evidence, cases: Sequence[FixtureCase], choice: Choice, mistake: str | None) -> float:
    """Largest distance, in bounds, of what was seen from a mistake's showing, or from the right answer (None)."""
    return max((_case_distance(evidence.context(case), choice, mistake) for case in cases), default=inf)


def _case_distance(context: Context | None, choice: Choice, mistake: str | None) -> float:
    if context is None:
        return inf
    seen, expected = context.seen, context.expected
    whole = {name: Excerpt(t.oracle.shape, 1, t.oracle.reshape(-1)) for name, t in expected.tensors.items()}
    right = SeenMistake(Outcome.COMPLETE, "", whole, expected.facts)  # in a mistake's form
    shown = right if mistake is None else context.case.mistakes.get(mistake)
    compared = choice(context)
    if shown is None or any(_fact_differs(seen, shown, name) for name in compared.facts):
        return inf
    limits = compared.limits.items()
    return max((_tensor_distance(seen, shown, name, expected, limit) for name, limit in limits), default=0.0)


def _fact_differs(seen: Observation, shown: SeenMistake, name: str) -> bool:
    if name in seen.facts and name in shown.facts:
        return not same_fact(seen.facts[name], shown.facts[name])
    return not _same_absence(seen, shown, name in seen.facts, name in shown.facts)


def _tensor_distance(seen: Observation, shown: SeenMistake, name: str, expected: Expected, limit: float) -> float:
    array, other = readable(seen.tensors.get(name)), shown.tensors.get(name)
    if array is None or other is None:
        return 0.0 if _same_absence(seen, shown, array is not None, other is not None) else inf
    if array.shape != other.shape:
        return inf
    # A mistake's values may be much larger than the right ones, and so is their rounding.
    scale = magnitude([expected.tensors[name]])
    size = largest(np.abs(as_float64(other.values[np.isfinite(other.values)])))
    here, there = other.same_places(array), other.values
    alike = (here == there) | (np.isnan(here) & np.isnan(there))  # NaN and infinities at the same places are equal
    apart = largest(np.where(alike, 0.0, distances(here, there)))
    return ratio(apart, limit * max(1.0, size / scale if scale else 1.0))


def _same_absence(seen: Observation, shown: SeenMistake, is_seen: bool, is_shown: bool) -> bool:
    """Neither has it, and for the same reason: the same way to end, with the same type of exception."""
    error = seen.error.kind if seen.error is not None else ""
    return not is_seen and not is_shown and seen.outcome is shown.outcome and error == shown.error_type
