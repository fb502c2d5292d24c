"""Which known mistake an observation shows, where one is clearly nearer than everything else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from grader.judge.comparison import differs_in_form, readable
from grader.judge.context import Context, Evidence
from grader.judge.facts import same_fact
from grader.judge.tolerance import distances, largest, magnitude, own_bounds, ratio
from grader.model.fixture import Excerpt, Expected, FixtureCase, SeenMistake
from grader.model.observation import Array, Observation, Outcome, as_float64

NEAR = 4.0  # bounds: within these, an observation may be the mistake's
CLEARLY = 10.0  # times as far must everything else be, the right answer too


@dataclass(frozen=True)
class Compared:
    """What two ways of solving an exercise are told apart by."""

    limits: Mapping[str, float] = field(default_factory=dict)  # tensor -> bound
    facts: Sequence[str] = ()


Choice = Callable[[Expected, float], Compared]
"""What to compare of a case, by what is recorded and the tolerance factor."""


def everything(expected: Expected, factor: float) -> Compared:
    return Compared(own_bounds(expected.tensors, expected, factor), tuple(expected.facts))


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
    if not all(name in seen.facts and same_fact(seen.facts[name], expected.facts[name]) for name in compared.facts):
        return inf
    return max((_from_right(seen, expected, name, limit) for name, limit in compared.limits.items()), default=0.0)


def _from_right(seen: Observation, expected: Expected, name: str, limit: float) -> float:
    tensor, wanted = seen.tensors.get(name), expected.tensors[name]
    array = None if tensor is None or differs_in_form(tensor, wanted, "cpu") is not None else readable(tensor)
    return inf if array is None else ratio(largest(distances(array, wanted.oracle)), limit)


def _distance(evidence: Evidence, cases: Sequence[FixtureCase], choice: Choice, mistake: str | None) -> float:
    """Largest distance, in bounds, of what was seen from a mistake's showing, or from the right answer (None)."""
    return max((_case_distance(evidence, case, choice, mistake) for case in cases), default=inf)


def _case_distance(evidence: Evidence, case: FixtureCase, choice: Choice, mistake: str | None) -> float:
    context = evidence.context(case)
    if context is None:
        return inf
    seen, expected = context.seen, context.expected
    shown = _right(expected) if mistake is None else case.mistakes.get(mistake)
    compared = choice(expected, context.tolerance_factor)
    if shown is None or any(_fact_differs(seen, shown, name) for name in compared.facts):
        return inf
    limits = compared.limits.items()
    return max((_tensor_distance(seen, shown, name, expected, limit) for name, limit in limits), default=0.0)


def _right(expected: Expected) -> SeenMistake:
    """The right answer in a mistake's form."""
    whole = {name: Excerpt(t.oracle.shape, 1, t.oracle.reshape(-1)) for name, t in expected.tensors.items()}
    return SeenMistake(Outcome.COMPLETE, "", whole, expected.facts)


def _fact_differs(seen: Observation, shown: SeenMistake, name: str) -> bool:
    if name in seen.facts and name in shown.facts:
        return not same_fact(seen.facts[name], shown.facts[name])
    return not _same_absence(seen, shown, name in seen.facts, name in shown.facts)


def _tensor_distance(seen: Observation, shown: SeenMistake, name: str, expected: Expected, limit: float) -> float:
    array = readable(seen.tensors[name]) if name in seen.tensors else None
    other = shown.tensors.get(name)
    if array is None or other is None:
        return 0.0 if _same_absence(seen, shown, array is not None, other is not None) else inf
    if array.shape != other.shape:
        return inf
    # A mistake's values may be much larger than the right ones, and so is their rounding.
    scale = magnitude([expected.tensors[name]])
    size = largest(np.abs(as_float64(other.values[np.isfinite(other.values)])))
    return ratio(_apart(other.same_places(array), other.values), limit * max(1.0, size / scale if scale else 1.0))


def _apart(seen: Array, other: Array) -> float:
    """Largest distance; NaN and infinities that stand at the same places are equal."""
    alike = (seen == other) | (np.isnan(seen) & np.isnan(other))
    return largest(np.where(alike, 0.0, distances(seen, other)))


def _same_absence(seen: Observation, shown: SeenMistake, is_seen: bool, is_shown: bool) -> bool:
    """Neither has it, and for the same reason: the same way to end, with the same type of exception."""
    error = seen.error.kind if seen.error is not None else ""
    return not is_seen and not is_shown and seen.outcome is shown.outcome and error == shown.error_type
