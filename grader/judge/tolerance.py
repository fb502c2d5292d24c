"""How far a correct answer may lie from the oracle.

The oracle is the reference in float64. A control run is the same reference in the dtype that students use; its
distance from the oracle shows how much rounding this computation brings with it. A seen tensor is right where

    max|seen - oracle| <= factor * control + FLOOR * scale

The factor is calibrated for each exercise. `scale` is the largest magnitude in the oracle tensor or, for gradients,
in the whole gradient vector: an elementwise relative error says nothing where a gradient is zero but for rounding, as
it is for a bias before a normalisation. Integers and booleans must be equal.
"""

from collections.abc import Iterable
from math import inf

import numpy as np

from grader.model.fixture import Expected, ExpectedTensor
from grader.model.observation import Array, as_float64

FLOOR = 4 * float(np.finfo(np.float32).eps)


def magnitude(tensors: Iterable[ExpectedTensor]) -> float:
    """The largest magnitude in the oracles of these tensors; 0.0 where there is none."""
    return max((float(np.max(np.abs(t.oracle), initial=0.0)) for t in tensors), default=0.0)


def bound(expected: ExpectedTensor, factor: float, scale: float) -> float:
    """The largest distance from the oracle at which a value counts as right."""
    is_floating = expected.dtype.startswith(("float", "bfloat"))
    return factor * expected.control + FLOOR * scale if is_floating else 0.0


def bounds(names: Iterable[str], expected: Expected, factor: float, together: bool = False) -> dict[str, float]:
    """Bound of each of these tensors, scaled by itself or by all of them `together`."""
    tensors = {name: expected.tensors[name] for name in names}
    whole = magnitude(tensors.values())
    return {name: bound(t, factor, whole if together else magnitude([t])) for name, t in tensors.items()}


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
