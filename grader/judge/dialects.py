"""Which of several right answers an observation comes nearest to."""

from collections.abc import Mapping
from math import inf

from grader.judge.comparison import readable
from grader.judge.facts import same_fact
from grader.judge.tolerance import distances, largest, own_bounds, ratio
from grader.model.fixture import Expected, Fixture
from grader.model.observation import Observation


def nearest_dialect(fixture: Fixture, observations: Mapping[str, Observation]) -> str:
    """The dialect that agrees with most of what the first telling case showed; the first dialect where none tells.

    A case tells where a tensor was seen. All other cases are judged by the same dialect, so that nobody can mix them.
    """
    names = list(dict.fromkeys(name for case in fixture.cases for name in case.dialects))
    for case in fixture.cases if len(names) > 1 else ():
        seen = observations.get(case.name)
        if seen is not None and any(t.array is not None for t in seen.tensors.values()):
            return min(
                case.dialects, key=lambda name: disagreement(seen, case.dialects[name], fixture.tolerance_factor)
            )
    return names[0] if names else ""


def disagreement(seen: Observation, expected: Expected, factor: float) -> tuple[int, float]:
    """How many tensors and facts are not as expected, and the largest distance from a value in units of its bound."""
    limits = own_bounds(expected.tensors, expected, factor)
    ratios = [tensor_ratio(seen, expected, name, limit) for name, limit in limits.items()]
    wrong_facts = sum(
        name not in seen.facts or not same_fact(seen.facts[name], f) for name, f in expected.facts.items()
    )
    return wrong_facts + sum(not ratio <= 1 for ratio in ratios), max(ratios, default=0.0)


def tensor_ratio(seen: Observation, expected: Expected, name: str, limit: float) -> float:
    """Distance from the expected tensor in units of its bound; infinite where there is nothing to compare."""
    tensor = seen.tensors.get(name)
    array = readable(tensor) if tensor is not None else None
    wanted = expected.tensors[name].oracle
    if array is None or array.shape != wanted.shape:
        return inf
    return ratio(largest(distances(array, wanted)), limit)
