"""What was seen against what is expected, a tensor or a fact: how far apart, and the first difference described.

The oracle is the reference in float64. A control run is the same reference in the dtype that students use; its
distance from the oracle shows how much rounding this computation brings with it. A seen tensor is right where

    max|seen - oracle| <= factor * control + FLOOR * scale

The factor is calibrated for each exercise. `scale` is the largest magnitude in the oracle tensor or, for gradients,
in the whole gradient vector: an elementwise relative error says nothing where a gradient is zero but for rounding, as
it is for a bias before a normalisation. Integers and booleans must be equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np

from grader.judge.quoting import number, printable, quote, two_numbers
from grader.model.fixture import Expected, ExpectedTensor
from grader.model.observation import Array, Json, SeenTensor, as_float64

FLOOR = 4 * float(np.finfo(np.float32).eps)


def magnitude(tensors: Iterable[ExpectedTensor]) -> float:
    """The largest magnitude in the oracles of these tensors; 0.0 where there is none."""
    return max((float(np.max(np.abs(t.oracle), initial=0.0)) for t in tensors), default=0.0)


def bounds(names: Iterable[str], expected: Expected, factor: float, together: bool = False) -> dict[str, float]:
    """The largest distance at which each of these tensors counts as right, scaled by itself or by all `together`."""
    tensors = {name: expected.tensors[name] for name in names}
    found = {}
    for name, tensor in tensors.items():
        scale = magnitude(tensors.values() if together else [tensor])
        is_floating = tensor.dtype.startswith(("float", "bfloat"))
        found[name] = factor * tensor.control + FLOOR * scale if is_floating else 0.0
    return found


def ratio(error: float, limit: float) -> float:
    """An error in units of its limit: 1 is just allowed. infinity where the error is NaN."""
    if not limit:
        return 0.0 if error <= 0 else inf
    return error / limit if error == error else inf


def distances(seen: Array, other: Array) -> Array:
    """|seen - other| elementwise, in float64; NaN where either is NaN, and where both are the same infinity."""
    with np.errstate(all="ignore"):
        return np.abs(as_float64(seen) - as_float64(other))


def largest(errors: Array) -> float:
    """The largest of these distances; 0.0 of none, NaN where one is NaN."""
    return float(np.max(errors, initial=0.0))


@dataclass(frozen=True)
class Difference:
    """What was got and wanted. A difference of values has a position, and counts wrong values."""

    aspect: str  # "type", "shape", "dtype", "device", "data" or "value"
    got: str
    wanted: str
    position: tuple[int, ...] = ()
    wrong: int = 0  # this many values
    total: int = 0  # of this many
    finite: bool = True  # False: the seen value at `position` is NaN or infinite

    def describe(self, name: str) -> str:
        """One sentence about the tensor called `name`, without the case."""
        place = f" at {list(self.position)}" if self.position else ""
        if not self.finite:
            return f"{name} has {self.got}{place}; expected {self.wanted}"
        subject = f"{name}{place}" if " " in name else name + place.removeprefix(" at ")
        verbs = {"value": "is ", "type": "is ", "device": "is on ", "data": ""}
        return f"{subject} {verbs.get(self.aspect, f'has {self.aspect} ')}{self.got}; expected {self.wanted}"

    def count(self) -> str:
        """How many values are wrong, where there is more than one value; else ""."""
        if self.total < 2:
            return ""
        sort = "wrong" if self.finite else "NaN or infinite"
        if self.wrong == 1:
            return f"the only {sort} value of {self.total:,}"
        return f"{'largest' if self.finite else 'first'} of {self.wrong:,} {sort} values of {self.total:,}"


def differs_in_form(seen: SeenTensor, expected: ExpectedTensor, device: str) -> Difference | None:
    """Exact type, then shape, dtype and device."""
    if seen.type != "Tensor":
        got = "None" if seen.type == "NoneType" else f"of type {printable(seen.type, 80)}"
        return Difference("type", got, "a plain torch.Tensor")
    shapes = ("shape", list(seen.shape), list(expected.oracle.shape))
    aspects = (shapes, ("dtype", seen.dtype, expected.dtype), ("device", seen.device, device))
    return next((Difference(what, printable(got), str(wanted)) for what, got, wanted in aspects if got != wanted), None)


def differs_in_value(seen: SeenTensor, wanted: Array, bound: float) -> Difference | None:
    """Finite, then within `bound` of `wanted`; the form must have been compared before."""
    array = readable(seen)
    if array is None or array.shape != wanted.shape:
        return Difference("data", "holds no values that can be read", f"a dense tensor of shape {list(wanted.shape)}")
    wrong = ~np.isfinite(array)
    if finite := not wrong.any():
        errors = distances(array, wanted)
        wrong = ~(errors <= bound)  # so that NaN is wrong
    if not wrong.any():
        return None
    worst = np.argmax(np.where(wrong, errors, -1.0) if finite else wrong)
    position = tuple(int(i) for i in np.unravel_index(worst, array.shape))
    got, want = float(as_float64(array)[position]), float(as_float64(wanted)[position])
    written = two_numbers(got, want) if finite else (number(got), number(want))
    return Difference("value", *written, position, int(wrong.sum()), array.size, finite)


def readable(seen: SeenTensor | None) -> Array | None:
    """The values, where they are numbers and have the shape that the description claims."""
    if seen is None or seen.array is None:
        return None
    return seen.array if seen.array.dtype.kind in "biuf" and seen.array.shape == tuple(seen.shape) else None


def same_fact(seen: object, wanted: Json) -> bool:
    """Equal as JSON: True is not 1, 1 is 1.0. Goes only as deep as `wanted`, whatever was sent."""
    if isinstance(wanted, list):
        return isinstance(seen, list) and len(seen) == len(wanted) and all(map(same_fact, seen, wanted))
    if isinstance(wanted, dict):
        if not isinstance(seen, dict) or seen.keys() != wanted.keys():
            return False
        return all(same_fact(seen[key], wanted[key]) for key in wanted)
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return seen is wanted
    return seen == wanted


def describe_fact(name: str, seen: object, wanted: Json) -> str:
    """What differs: in a list the first entry that does, then the lengths where they differ too."""
    if not isinstance(wanted, list) or not isinstance(seen, list):
        return f"{name.replace('_', ' ')} is {quote(seen)}; expected {quote(wanted)}"
    alike = map(same_fact, seen, wanted)
    place = next((i for i, same in enumerate(alike) if not same), min(len(seen), len(wanted)))
    # a network's parameters are counted as people count, other lists as Python indexes them
    entry = f"shape of parameter {place + 1}" if name == "parameters" else f"{printable(name)}[{place}]"
    got = f"is {quote(seen[place])}" if place < len(seen) else "is missing"
    expected = quote(wanted[place]) if place < len(wanted) else "none"
    length = f" ({len(seen)} instead of {len(wanted)} in all)" if len(seen) != len(wanted) else ""
    return f"{entry} {got}; expected {expected}{length}"
