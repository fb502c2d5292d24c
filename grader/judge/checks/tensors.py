"""The checks a criterion may name. Each looks at one case and returns what is wrong, or None.

What is looked at in a case, in this order: was it produced; exact type, shape, dtype, device; finite; value.
"""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from math import inf

from grader.judge.absence import Finding, failed, why_absent
from grader.judge.checks.answers.answers import answer_matches, claim_holds
from grader.judge.checks.draws import draws_follow, draws_independent, draws_possible
from grader.judge.checks.facts import describe_fact, same_fact
from grader.judge.comparison import Difference, differs_in_form, differs_in_value, readable
from grader.judge.context import Sight
from grader.judge.quoting import quote_shape
from grader.judge.tolerance import bound, magnitude
from grader.judge.wording import describe_form, describe_values, ending
from grader.model.fixture import Expected, ExpectedTensor
from grader.model.rubric import Criterion

Check = Callable[[Criterion, Sight], Finding | None]


def shape_matches(criterion: Criterion, sight: Sight) -> Finding | None:
    """Every named tensor is a plain, finite tensor of the reference's shape and dtype, on the run's device."""
    return _tensors_match(sight, dict.fromkeys(matched(criterion.tensors, sight.expected.tensors), inf))


def value_matches(criterion: Criterion, sight: Sight) -> Finding | None:
    """Every named tensor has the reference's values, each within its own tolerance; every named fact is the same."""
    names = matched(criterion.tensors, sight.expected.tensors)
    bounds = {name: own_bound(sight.expected.tensors[name], sight.k) for name in names}
    return _tensors_match(sight, bounds) or fact_matches(criterion, sight)


def gradient_matches(criterion: Criterion, sight: Sight) -> Finding | None:
    """As value_matches, with tolerances scaled by the whole gradient vector."""
    return _tensors_match(sight, gradient_bounds(criterion.tensors, sight.expected, sight.k))


def fact_matches(criterion: Criterion, sight: Sight) -> Finding | None:
    """Every named fact equals the reference's exactly."""
    for name in matched(criterion.facts, sight.expected.facts):
        wanted = sight.expected.facts[name]
        if name not in sight.seen.facts:
            return why_absent(sight.seen, name)
        if not same_fact(sight.seen.facts[name], wanted):
            return failed(f"{describe_fact(name, sight.seen.facts[name], wanted)}{ending(sight)}")
    return None


def stays_equal(criterion: Criterion, sight: Sight) -> Finding | None:
    """Both of each pair are equal: two seen tensors within the tolerance, or a seen tensor and an input exactly."""
    for first, second in criterion.pairs:
        finding = _pair_equal(first, second, sight)
        if finding is not None:
            return finding
    return None


CHECKS: Mapping[str, Check] = {
    "shape_matches": shape_matches,
    "value_matches": value_matches,
    "gradient_matches": gradient_matches,
    "fact_matches": fact_matches,
    "stays_equal": stays_equal,
    "draws_possible": draws_possible,
    "draws_follow": draws_follow,
    "draws_independent": draws_independent,
    "number_matches": answer_matches,
    "formula_matches": answer_matches,
    "table_matches": answer_matches,
    "choice_matches": answer_matches,
    "claim_holds": claim_holds,
}


def matched(patterns: Sequence[str], names: Mapping[str, object]) -> list[str]:
    """The recorded names that a criterion's names and globs stand for, in recorded order."""
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def own_bound(expected: ExpectedTensor, k: float) -> float:
    return bound(expected, k, magnitude([expected]))


def gradient_bounds(patterns: Sequence[str], expected: Expected, k: float) -> dict[str, float]:
    """Tolerance of each matched tensor, scaled by all of them together."""
    tensors = {name: expected.tensors[name] for name in matched(patterns, expected.tensors)}
    scale = magnitude(tensors.values())
    return {name: bound(tensor, k, scale) for name, tensor in tensors.items()}


def _form(name: str, sight: Sight) -> Finding | None:
    seen = sight.seen.tensors.get(name)
    if seen is None:
        return why_absent(sight.seen, name)
    difference = differs_in_form(seen, sight.expected.tensors[name], sight.device)
    return None if difference is None else failed(describe_form(name, difference, sight))


def _tensors_match(sight: Sight, bounds: Mapping[str, float]) -> Finding | None:
    for name, limit in bounds.items():
        finding = _form(name, sight) or _value(name, sight, limit if sight.values else inf)
        if finding is not None:
            return finding
    return None


def _value(name: str, sight: Sight, limit: float) -> Finding | None:
    expected = sight.expected.tensors[name]
    difference = differs_in_value(sight.seen.tensors[name], expected.oracle, limit)
    return None if difference is None else failed(describe_values(name, difference, sight, limit))


def _pair_equal(first: str, second: str, sight: Sight) -> Finding | None:
    is_input = second in sight.case.inputs
    for name in (first,) if is_input else (first, second):
        seen = sight.seen.tensors.get(name)
        if seen is None:
            return why_absent(sight.seen, name)
    seen = sight.seen.tensors[first]
    other = sight.case.inputs[second] if is_input else readable(sight.seen.tensors[second])
    if other is None:
        return failed(f"{second} holds no values that can be read{ending(sight)}")
    if tuple(seen.shape) != other.shape:
        words = f"{first} has shape {quote_shape(seen.shape)}, {second} has shape {quote_shape(other.shape)}"
        return failed(f"{words}; they must be equal{ending(sight)}")
    limit = 0.0 if is_input else _pair_bound(first, second, sight)
    difference = differs_in_value(seen, other, limit)
    return None if difference is None else failed(_describe_pair(difference, first, second, is_input, sight))


def _pair_bound(first: str, second: str, sight: Sight) -> float:
    expected = sight.expected.tensors.get(first) or sight.expected.tensors[second]
    return own_bound(expected, sight.k)


def _describe_pair(difference: Difference, first: str, second: str, is_input: bool, sight: Sight) -> str:
    words = difference.describe(first)
    if difference.aspect == "value":
        source = f"as the input {second} was before the call" if is_input else f"as in {second}"
        words = f"{words}, {source}"
    return words + ending(sight, difference.count())
