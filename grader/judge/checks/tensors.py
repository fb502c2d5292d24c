"""Checks of tensors, in this order: was it produced; exact type, shape, dtype, device; finite; value."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Literal

from grader.judge.absence import Shortfall, failed, why_absent
from grader.judge.checks.criterion import JudgedCriterion, Names, first_unrecorded, matched
from grader.judge.checks.facts import facts_shortfall
from grader.judge.comparison import differs_in_form, differs_in_value
from grader.judge.context import Context, Evidence
from grader.judge.diagnosis import Compared, nearest_mistake
from grader.judge.tolerance import common_bounds, own_bounds
from grader.judge.wording import describe_form, describe_values
from grader.model.fixture import Expected, FixtureCase


class _TensorCriterion(JudgedCriterion):
    tensors: Names  # names or globs: "output", "gradient.*"

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_unrecorded("tensor", self.tensors, expected.tensors)

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
        return super().unrecorded(case, expected) or first_unrecorded("fact", self.facts, expected.facts)

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
