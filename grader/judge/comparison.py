"""One seen tensor against one expected tensor: nothing, or the first kind of difference, described."""

from dataclasses import dataclass

import numpy as np

from grader.judge.quoting import number, printable, quote_shape, two_numbers
from grader.judge.tolerance import distances
from grader.model.fixture import ExpectedTensor
from grader.model.observation import Array, SeenTensor, as_float64


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
        if self.aspect == "value":
            return self._describe_value(name)
        if self.aspect == "data":
            return f"{name} {self.got}; expected {self.wanted}"
        verb = {"type": "is", "device": "is on"}.get(self.aspect, f"has {self.aspect}")
        return f"{name} {verb} {self.got}; expected {self.wanted}"

    def count(self) -> str:
        """How many values are wrong, where there is more than one value; else ""."""
        if self.total < 2:
            return ""
        sort = "wrong" if self.finite else "NaN or infinite"
        if self.wrong == 1:
            return f"the only {sort} value of {self.total:,}"
        return f"{'largest' if self.finite else 'first'} of {self.wrong:,} {sort} values of {self.total:,}"

    def _describe_value(self, name: str) -> str:
        place = f" at {list(self.position)}" if self.position else ""
        if not self.finite:
            return f"{name} has {self.got}{place}; expected {self.wanted}"
        subject = f"{name}{place}" if " " in name else name + place.removeprefix(" at ")
        return f"{subject} is {self.got}; expected {self.wanted}"


def differs_in_form(seen: SeenTensor, expected: ExpectedTensor, device: str) -> Difference | None:
    """Exact type, then shape, dtype and device."""
    if seen.type != "Tensor":
        return Difference("type", _type_in_words(seen.type), "a plain torch.Tensor")
    if tuple(seen.shape) != expected.oracle.shape:
        return Difference("shape", quote_shape(seen.shape), quote_shape(expected.oracle.shape))
    if seen.dtype != expected.dtype:
        return Difference("dtype", printable(seen.dtype), expected.dtype)
    if seen.device != device:
        return Difference("device", printable(seen.device), device)
    return None


def differs_in_value(seen: SeenTensor, wanted: Array, bound: float) -> Difference | None:
    """Finite, then within `bound` of `wanted`; the form must have been compared before."""
    array = readable(seen)
    if array is None or array.shape != wanted.shape:
        return Difference(
            "data", "holds no values that can be read", f"a dense tensor of shape {quote_shape(wanted.shape)}"
        )
    unusable = ~np.isfinite(array)
    if unusable.any():
        return _at(np.argmax(unusable), array, wanted, int(unusable.sum()), finite=False)
    errors = distances(array, wanted)
    wrong = ~(errors <= bound)  # so that NaN is wrong
    if not wrong.any():
        return None
    return _at(np.argmax(np.where(wrong, errors, -1.0)), array, wanted, int(wrong.sum()), finite=True)


def readable(seen: SeenTensor) -> Array | None:
    """The values, where they are numbers and have the shape that the description claims."""
    array = seen.array
    if array is None or array.dtype.kind not in "biuf" or array.shape != tuple(seen.shape):
        return None
    return array


def _at(flat: np.intp, seen: Array, wanted: Array, wrong: int, finite: bool) -> Difference:
    position = tuple(int(i) for i in np.unravel_index(flat, seen.shape))
    got, want = float(as_float64(seen)[position]), float(as_float64(wanted)[position])
    written = two_numbers(got, want) if finite else (number(got), number(want))
    return Difference("value", *written, position, wrong, seen.size, finite)


def _type_in_words(name: str) -> str:
    return "None" if name == "NoneType" else f"of type {printable(name, 80)}"
