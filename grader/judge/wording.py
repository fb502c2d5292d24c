"""The one form of a message: what was got and wanted, then in brackets how much of it is wrong and in which case."""

from collections.abc import Mapping

import numpy as np

from grader.judge.comparison import Difference, readable
from grader.judge.context import Context
from grader.judge.facts import describe_fact
from grader.judge.quoting import printable, quote
from grader.judge.tolerance import distances
from grader.model.observation import Json, StudentError


def ending(context: Context, count: str = "", dtype: str = "") -> str:
    """` (largest of 3 wrong values of 8; case "spread rows", float32)`"""
    case = f'case "{context.case.name}"' + (f", {dtype}" if dtype else "")
    return f" ({count}; {case})" if count else f" ({case})"


def describe_error(error: StudentError) -> str:
    """`IndexError: index 4 is out of range, at rnn.py, line 3, in step`"""
    message, where = printable(error.message), printable(error.where)
    return printable(error.type, 80) + (f": {message}" if message else "") + (f", at {where}" if where else "")


def describe_form(name: str, difference: Difference, context: Context) -> str:
    """A wrong type, shape, dtype or device."""
    seen, wanted = _parameters(context.seen.facts), _parameters(context.expected.facts)
    if name == "gradient" and difference.aspect == "shape" and len(seen) != len(wanted):
        return describe_fact("parameters", seen, wanted) + ending(context)
    return difference.describe(name) + ending(context)


def describe_values(name: str, difference: Difference, context: Context, bound: float) -> str:
    """Wrong values; those of a network's gradient by the parameter that they belong to."""
    if name == "gradient" and len(_parameters(context.seen.facts)) == len(context.expected.tensors[name].oracle):
        return _describe_gradient(difference, context, bound)
    dtype = context.expected.tensors[name].dtype if difference.aspect == "value" else ""
    return difference.describe(name) + ending(context, difference.count(), dtype)


def _describe_gradient(difference: Difference, context: Context, bound: float) -> str:
    """`gradient` has one row of signed sums for each parameter of the network, in order of use."""
    shapes, oracle = _parameters(context.seen.facts), context.expected.tensors["gradient"].oracle
    array = readable(context.seen.tensors["gradient"])
    if array is None or not difference.position:
        return difference.describe("gradient") + ending(context)
    row = difference.position[0]
    subject = f"gradient of parameter {row + 1} (in order of use), shape {quote(shapes[row])},"
    wrong = ~(distances(array, oracle) <= bound).reshape(len(oracle), -1).all(axis=1)
    count = f"wrong for {int(wrong.sum())} of {len(oracle)} parameters"
    if not np.any(array[row]):
        return f"{subject} is zero, and should not be{ending(context, count)}"
    return (
        f"{subject} is wrong: a sum over it is {difference.got}; expected {difference.wanted}{ending(context, count)}"
    )


def _parameters(facts: Mapping[str, Json]) -> list[Json]:
    """The shapes of a network's parameters as its process reports them; [] where it reports none."""
    shapes = facts.get("parameters")
    return shapes if isinstance(shapes, list) else []
