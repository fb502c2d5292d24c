"""Which known mistake an observation shows, where one is clearly nearer than everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from grader.judge.checks.answers.answers import recognise_answer
from grader.judge.checks.facts import same_fact
from grader.judge.checks.tensors import gradient_bounds, matched, own_bound
from grader.judge.comparison import readable
from grader.judge.dialects import ratio
from grader.judge.tolerance import distances, largest, magnitude
from grader.model.fixture import Expected, Fixture, FixtureCase, Glimpse, SeenMistake
from grader.model.observation import Array, Observation, Outcome, as_float64
from grader.model.rubric import ANSWER_CHECKS, Criterion

NEAR = 4.0  # bounds: within these, an observation may be the mistake's
CLEARLY = 10.0  # times as far must everything else be, the right answer too


@dataclass(frozen=True)
class Evidence:
    """What was seen, and the cases and names in which a mistake must show."""

    observations: Mapping[str, Observation]
    dialect: str
    k: float
    cases: Sequence[FixtureCase]
    criterion: Criterion


def recognise(
    criterion: Criterion, fixture: Fixture, observations: Mapping[str, Observation], dialect: str, cases: Sequence[str]
) -> str | None:
    """The mistake (chaff) that explains why `criterion` failed in `cases`; None where none does.

    Where several mistakes look alike in this criterion, everything that was seen decides between them.
    """
    if criterion.check in ANSWER_CHECKS:
        return recognise_answer(criterion, fixture.case(cases[0]), observations[cases[0]])
    here = Evidence(observations, dialect, fixture.k, [fixture.case(name) for name in cases], criterion)
    names = dict.fromkeys(name for case in fixture.cases for name in case.mistakes)
    found = {name: _distance(here, name) for name in names}
    nearest = min(found.values(), default=inf)
    if not nearest <= NEAR or not _distance(here, None) >= CLEARLY * max(nearest, 1.0):
        return None
    rivals = [name for name, distance in found.items() if distance < CLEARLY * max(nearest, 1.0)]
    if len(rivals) > 1:
        everything = criterion.model_copy(update={"tensors": ("*",), "facts": ("*",)})
        whole = Evidence(observations, dialect, fixture.k, fixture.cases, everything)
        rivals = [name for name in rivals if _distance(whole, name) <= NEAR]
    return rivals[0] if len(rivals) == 1 else None


def _distance(evidence: Evidence, mistake: str | None) -> float:
    """Largest distance, in bounds, of what was seen from a mistake's showing, or from the right answer (None)."""
    return max((_case_distance(evidence, case, mistake) for case in evidence.cases), default=inf)


def _case_distance(evidence: Evidence, case: FixtureCase, mistake: str | None) -> float:
    seen, expected = evidence.observations.get(case.name), case.dialects.get(evidence.dialect)
    shown = _right(expected) if mistake is None else case.mistakes.get(mistake)
    if seen is None or expected is None or shown is None:
        return inf
    if any(_fact_differs(seen, shown, name) for name in matched(evidence.criterion.facts, expected.facts)):
        return inf
    limits = _limits(evidence.criterion, expected, evidence.k)
    return max((_tensor_distance(seen, shown, name, expected, limit) for name, limit in limits.items()), default=0.0)


def _right(expected: Expected | None) -> SeenMistake | None:
    """The right answer in a mistake's form."""
    if expected is None:
        return None
    whole = {name: Glimpse(t.oracle.shape, 1, t.oracle.reshape(-1)) for name, t in expected.tensors.items()}
    return SeenMistake(Outcome.COMPLETE, "", whole, expected.facts)


def _limits(criterion: Criterion, expected: Expected, k: float) -> dict[str, float]:
    if criterion.check == "gradient_matches":
        return gradient_bounds(criterion.tensors, expected, k)
    paired = [name for pair in criterion.pairs for name in pair]
    names = matched([*criterion.tensors, *paired], expected.tensors)
    return {name: own_bound(expected.tensors[name], k) for name in names}


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
    error = seen.error.type if seen.error is not None else ""
    return not is_seen and not is_shown and seen.outcome is shown.outcome and error == shown.error_type
