"""The check of pairs: two calls agree, or an input is what it was before the call."""

from typing import Annotated, Literal

from pydantic import Field

from grader.judge.absence import Shortfall, failed, why_absent
from grader.judge.checks.criterion import JudgedCriterion, matched
from grader.judge.comparison import Difference, differs_in_value, readable
from grader.judge.context import Context
from grader.judge.diagnosis import Compared
from grader.judge.quoting import quote_shape
from grader.judge.tolerance import own_bounds
from grader.judge.wording import ending
from grader.model.fixture import Expected, FixtureCase


class StaysEqual(JudgedCriterion):
    """Both of each pair are equal: two seen tensors within the tolerance, or a seen tensor and an input exactly."""

    check: Literal["stays_equal"]
    pairs: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)]  # (seen tensor, seen tensor or case input)

    def shortfall(self, context: Context) -> Shortfall | None:
        for first, second in self.pairs:
            shortfall = _pair_shortfall(first, second, context)
            if shortfall is not None:
                return shortfall
        return None

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        for first, second in self.pairs:
            for name, known in ((first, expected.tensors), (second, {**expected.tensors, **case.inputs})):
                if name not in known:
                    return f"tensor {name!r}"
        return ""

    def compared(self, expected: Expected, factor: float) -> Compared:
        paired = [name for pair in self.pairs for name in pair]
        return Compared(own_bounds(matched(paired, expected.tensors), expected, factor))


def _pair_shortfall(first: str, second: str, context: Context) -> Shortfall | None:
    is_input = second in context.case.inputs
    for name in (first,) if is_input else (first, second):
        if name not in context.seen.tensors:
            return why_absent(context.seen, name)
    seen = context.seen.tensors[first]
    other = context.case.inputs[second] if is_input else readable(context.seen.tensors[second])
    if other is None:
        return failed(f"{second} holds no values that can be read{ending(context)}")
    if tuple(seen.shape) != other.shape:
        words = f"{first} has shape {quote_shape(seen.shape)}, {second} has shape {quote_shape(other.shape)}"
        return failed(f"{words}; they must be equal{ending(context)}")
    limit = 0.0 if is_input else _pair_bound(first, second, context)
    difference = differs_in_value(seen, other, limit)
    return None if difference is None else failed(_describe_pair(difference, first, second, is_input, context))


def _pair_bound(first: str, second: str, context: Context) -> float:
    name = first if first in context.expected.tensors else second
    return own_bounds([name], context.expected, context.tolerance_factor)[name]


def _describe_pair(difference: Difference, first: str, second: str, is_input: bool, context: Context) -> str:
    words = difference.describe(first)
    if difference.aspect == "value":
        source = f"as the input {second} was before the call" if is_input else f"as in {second}"
        words = f"{words}, {source}"
    return words + ending(context, difference.count())
