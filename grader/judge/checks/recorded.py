"""Checks of tensors, in this order: was it produced; exact type, shape, dtype, device; finite; value.

Of facts, plain data: equal or not. Of pairs of tensors: two calls agree, or an input is what it was before the call.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from math import inf
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from grader.judge.checks.criterion import JudgedCriterion, Names, first_absent, first_unmatched, matched
from grader.judge.comparison import bounds, describe_fact, differs_in_form, differs_in_value, readable, same_fact
from grader.judge.context import Context, Evidence, Shortfall, failed
from grader.judge.diagnosis import Compared, everything, nearest_mistake
from grader.judge.wording import describe_form, describe_values, ending, why_absent
from grader.model.fixture import Expected, FixtureCase


class _TensorCriterion(JudgedCriterion):
    scaled_together: ClassVar[bool] = False
    tensors: Names  # names or globs: "output", "gradient.*"

    def shortfall(self, context: Context) -> Shortfall | None:
        limits = self.compared(context).limits
        by_value = limits if context.values else matched(self.always, limits)
        return _tensors_shortfall(context, {name: limits[name] if name in by_value else inf for name in limits})

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_unmatched("tensor", (*self.tensors, *self.always), expected.tensors)

    def compared(self, context: Context) -> Compared:
        names = matched((*self.tensors, *self.always), context.expected.tensors)
        return Compared(bounds(names, context.expected, context.tolerance_factor, self.scaled_together))


class ShapeMatches(_TensorCriterion):
    """Every named tensor is a plain, finite tensor of the reference's shape and dtype, on the run's device."""

    check: Literal["shape_matches"]

    def shortfall(self, context: Context) -> Shortfall | None:
        return _tensors_shortfall(context, dict.fromkeys(matched(self.tensors, context.expected.tensors), inf))


class ValueMatches(_TensorCriterion):
    """Every named tensor has the reference's values, each within its own tolerance; every named fact is the same."""

    by_tolerance, rests_on = True, "numbers"
    check: Literal["value_matches"]
    facts: tuple[str, ...] = ()  # names or globs

    def shortfall(self, context: Context) -> Shortfall | None:
        return super().shortfall(context) or _facts_shortfall(context, self.facts)

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return super().unrecorded(case, expected) or first_unmatched("fact", self.facts, expected.facts)

    def compared(self, context: Context) -> Compared:
        return Compared(super().compared(context).limits, matched(self.facts, context.expected.facts))


class GradientMatches(_TensorCriterion):
    """As value_matches, with tolerances scaled by the whole gradient vector."""

    by_tolerance, rests_on = True, "numbers"
    scaled_together = True
    check: Literal["gradient_matches"]

    def recognise(self, evidence: Evidence, cases: Sequence[str]) -> str | None:
        return nearest_mistake(evidence, cases, self.compared, partial(everything, together=True))


class FactMatches(JudgedCriterion):
    """Every named fact equals the reference's exactly."""

    check: Literal["fact_matches"]
    facts: Names  # names or globs

    def shortfall(self, context: Context) -> Shortfall | None:
        return _facts_shortfall(context, self.facts)

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_unmatched("fact", self.facts, expected.facts)

    def compared(self, context: Context) -> Compared:
        return Compared(facts=matched(self.facts, context.expected.facts))


class StaysEqual(JudgedCriterion):
    """Both of each pair are equal: two seen tensors within the tolerance, or a seen tensor and an input exactly."""

    check: Literal["stays_equal"]
    pairs: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)]  # (seen tensor, seen tensor or case input)

    def shortfall(self, context: Context) -> Shortfall | None:
        return next(filter(None, (_pair_shortfall(first, second, context) for first, second in self.pairs)), None)

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        firsts, seconds = zip(*self.pairs, strict=True)
        either = {*expected.tensors, *case.inputs}
        return first_absent("tensor", firsts, expected.tensors) or first_absent("tensor", seconds, either)

    def compared(self, context: Context) -> Compared:
        recorded = matched(list(chain(*self.pairs)), context.expected.tensors)
        return Compared(bounds(recorded, context.expected, context.tolerance_factor))


def _tensors_shortfall(context: Context, limits: Mapping[str, float]) -> Shortfall | None:
    for name, limit in limits.items():
        seen, expected = context.seen.tensors.get(name), context.expected.tensors[name]
        if seen is None:
            return why_absent(context.seen, name)
        if difference := differs_in_form(seen, expected, context.device):
            return failed(describe_form(name, difference, context))
        if difference := differs_in_value(seen, expected.oracle, limit):
            return failed(describe_values(name, difference, context, limit))
    return None


def _facts_shortfall(context: Context, patterns: Sequence[str]) -> Shortfall | None:
    for name in matched(patterns, context.expected.facts):
        wanted = context.expected.facts[name]
        if name not in context.seen.facts:
            return why_absent(context.seen, name)
        if not same_fact(context.seen.facts[name], wanted):
            return failed(f"{describe_fact(name, context.seen.facts[name], wanted)}{ending(context)}")
    return None


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
    recorded = first if first in context.expected.tensors else second
    limits = {} if is_input else bounds([recorded], context.expected, context.tolerance_factor)
    difference = differs_in_value(seen, other, limits.get(recorded, 0.0))
    if difference is None:
        return None
    source = f"as the input {second} was before the call" if is_input else f"as in {second}"
    words = difference.describe(first) + (f", {source}" if difference.aspect == "value" else "")
    return failed(words + ending(context, difference.count()))
