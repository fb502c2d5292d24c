"""Checks of tensors, in this order: was it produced; exact type, shape, dtype, device; finite; value.

And of pairs of them: two calls agree, or an input is what it was before the call.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Annotated, Literal

from pydantic import Field

from grader.judge.checks.criterion import JudgedCriterion, Names, first_absent, first_unmatched, matched
from grader.judge.checks.facts import facts_shortfall
from grader.judge.comparison import Difference, differs_in_form, differs_in_value, readable
from grader.judge.context import Context, Evidence, Shortfall, failed
from grader.judge.diagnosis import Compared, nearest_mistake
from grader.judge.tolerance import common_bounds, own_bounds
from grader.judge.wording import describe_form, describe_values, ending, why_absent
from grader.model.fixture import Expected, FixtureCase


class _TensorCriterion(JudgedCriterion):
    tensors: Names  # names or globs: "output", "gradient.*"

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_unmatched("tensor", self.tensors, expected.tensors)

    def compared(self, expected: Expected, factor: float) -> Compared:
        return Compared(own_bounds(matched(self.tensors, expected.tensors), expected, factor))


class ShapeMatches(_TensorCriterion):
    """Every named tensor is a plain, finite tensor of the reference's shape and dtype, on the run's device."""

    check: Literal["shape_matches"]

    def shortfall(self, context: Context) -> Shortfall | None:
        return _tensors_shortfall(context, dict.fromkeys(matched(self.tensors, context.expected.tensors), inf))


class ValueMatches(_TensorCriterion):
    """Every named tensor has the reference's values, each within its own tolerance; every named fact is the same."""

    by_tolerance = True
    check: Literal["value_matches"]
    facts: tuple[str, ...] = ()  # names or globs

    def shortfall(self, context: Context) -> Shortfall | None:
        compared = self.compared(context.expected, context.tolerance_factor)
        return _tensors_shortfall(context, compared.limits) or facts_shortfall(compared.facts, context)

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return super().unrecorded(case, expected) or first_unmatched("fact", self.facts, expected.facts)

    def compared(self, expected: Expected, factor: float) -> Compared:
        return Compared(super().compared(expected, factor).limits, matched(self.facts, expected.facts))


class GradientMatches(_TensorCriterion):
    """As value_matches, with tolerances scaled by the whole gradient vector."""

    by_tolerance = True
    check: Literal["gradient_matches"]

    def shortfall(self, context: Context) -> Shortfall | None:
        return _tensors_shortfall(context, self.compared(context.expected, context.tolerance_factor).limits)

    def compared(self, expected: Expected, factor: float) -> Compared:
        return Compared(common_bounds(matched(self.tensors, expected.tensors), expected, factor))

    def recognise(self, evidence: Evidence, cases: Sequence[str]) -> str | None:
        def everything(expected: Expected, factor: float) -> Compared:
            return Compared(common_bounds(expected.tensors, expected, factor), tuple(expected.facts))

        return nearest_mistake(evidence, cases, self.compared, everything)


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
        firsts, seconds = zip(*self.pairs, strict=True)
        either = {*expected.tensors, *case.inputs}
        return first_absent("tensor", firsts, expected.tensors) or first_absent("tensor", seconds, either)

    def compared(self, expected: Expected, factor: float) -> Compared:
        paired = [name for pair in self.pairs for name in pair]
        return Compared(own_bounds(matched(paired, expected.tensors), expected, factor))


def _tensors_shortfall(context: Context, bounds: Mapping[str, float]) -> Shortfall | None:
    for name, limit in bounds.items():
        shortfall = _form(name, context) or _value(name, context, limit if context.values else inf)
        if shortfall is not None:
            return shortfall
    return None


def _form(name: str, context: Context) -> Shortfall | None:
    seen = context.seen.tensors.get(name)
    if seen is None:
        return why_absent(context.seen, name)
    difference = differs_in_form(seen, context.expected.tensors[name], context.device)
    return None if difference is None else failed(describe_form(name, difference, context))


def _value(name: str, context: Context, limit: float) -> Shortfall | None:
    expected = context.expected.tensors[name]
    difference = differs_in_value(context.seen.tensors[name], expected.oracle, limit)
    return None if difference is None else failed(describe_values(name, difference, context, limit))


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
        words = f"{first} has shape {list(seen.shape)}, {second} has shape {list(other.shape)}"
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
