"""The one form of a message: what was got and wanted, then in brackets how much of it is wrong and in which case."""

from collections.abc import Mapping

import numpy as np

from grader.judge.checks.facts import describe_fact
from grader.judge.comparison import Difference, readable
from grader.judge.context import Sight
from grader.judge.quoting import quote
from grader.judge.tolerance import distances
from grader.model.observation import Json


def ending(sight: Sight, count: str = "", dtype: str = "") -> str:
    """` (largest of 3 wrong values of 8; case "spread rows", float32)`"""
    case = f'case "{sight.case.name}"' + (f", {dtype}" if dtype else "")
    return f" ({count}; {case})" if count else f" ({case})"


def describe_form(name: str, difference: Difference, sight: Sight) -> str:
    """A wrong type, shape, dtype or device."""
    seen, wanted = _parameters(sight.seen.facts), _parameters(sight.expected.facts)
    if name == "gradient" and difference.aspect == "shape" and len(seen) != len(wanted):
        return describe_fact("parameters", seen, wanted) + ending(sight)
    return difference.describe(name) + ending(sight)


def describe_values(name: str, difference: Difference, sight: Sight, bound: float) -> str:
    """Wrong values; those of a network's gradient by the parameter that they belong to."""
    if name == "gradient" and len(_parameters(sight.seen.facts)) == len(sight.expected.tensors[name].oracle):
        return _describe_gradient(difference, sight, bound)
    dtype = sight.expected.tensors[name].dtype if difference.aspect == "value" else ""
    return difference.describe(name) + ending(sight, difference.count(), dtype)


def _describe_gradient(difference: Difference, sight: Sight, bound: float) -> str:
    """`gradient` has one row of signed sums for each parameter of the network, in order of use."""
    shapes, oracle = _parameters(sight.seen.facts), sight.expected.tensors["gradient"].oracle
    array = readable(sight.seen.tensors["gradient"])
    if array is None or not difference.position:
        return difference.describe("gradient") + ending(sight)
    row = difference.position[0]
    subject = f"gradient of parameter {row + 1} (in order of use), shape {quote(shapes[row])},"
    wrong = ~(distances(array, oracle) <= bound).reshape(len(oracle), -1).all(axis=1)
    count = f"wrong for {int(wrong.sum())} of {len(oracle)} parameters"
    if not np.any(array[row]):
        return f"{subject} is zero, and should not be{ending(sight, count)}"
    return f"{subject} is wrong: a sum over it is {difference.got}; expected {difference.wanted}{ending(sight, count)}"


def _parameters(facts: Mapping[str, Json]) -> list[Json]:
    """The shapes of a network's parameters as its process reports them; [] where it reports none."""
    shapes = facts.get("parameters")
    return shapes if isinstance(shapes, list) else []
