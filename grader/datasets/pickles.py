"""Read pickles that hold plain data, and nothing else: they cannot run code.

Arrays of objects in .npy and .npz files are pickles: the published centres of colours, and tables of characters beside
weights. Python's unpickler calls whatever the file names. This one knows six names only, and answers to them with
functions and records of its own, so that not even numpy's code for unpickling runs; arrays are built afterwards, from a
known type, a shape and bytes that fit it.
"""

import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, NoReturn

import numpy as np

from grader.model.errors import DataError

NUMBERS = frozenset(f"{kind}{size}" for kind, sizes in {"u": "1248", "i": "1248", "f": "248"}.items() for size in sizes)
BYTE_ORDERS = "<>|="
DEEPEST = 20  # lists in lists, at which data ends and an attack on the stack begins


def read_pickle(stream: IO[bytes], shown_as: str) -> Any:
    """The dicts, lists, tuples, numbers, text, bytes and arrays in a pickle; Python 2's strings come as bytes.

    `shown_as` is how a message names the file. Raises DataError for a pickle that names anything else, or is broken.
    """
    try:
        return _built(_PlainUnpickler(stream, shown_as).load(), 0)
    except DataError:
        raise
    except Exception as error:  # the unpickler raises nearly anything on bytes that are no pickle
        raise DataError(f"{shown_as}: is no pickle of plain data ({_line(error)}); get the file again") from error


class _PlainUnpickler(pickle._Unpickler):
    """Its find_class is the only way from a pickle to code, and it knows KNOWN alone.

    The unpickler that is written in Python: five bytes make the one in C fill all memory with a table.
    """

    def __init__(self, stream: IO[bytes], shown_as: str) -> None:
        super().__init__(stream, encoding="bytes")
        self.shown_as = shown_as

    def find_class(self, module: str, name: str) -> Any:
        known = KNOWN.get((module.replace("numpy._core", "numpy.core"), name))
        if known is None:
            raise DataError(
                f"{self.shown_as}: asks to run {module}.{name}, which no data needs, so it is not opened; "
                "get the file from its first source"
            )
        return _Known(known)


@dataclass(frozen=True, slots=True)
class _Known:
    """A name that a pickle may call, and do nothing else with."""

    make: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        return self.make(*arguments)

    def __setstate__(self, state: Any) -> NoReturn:
        raise ValueError("it changes what it may only call")


class _Type:
    """The record of an array's type, as numpy pickles it."""

    def __init__(self, code: Any, *_flags: Any) -> None:
        self.code = _text(code)
        self.order = "|"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = _text(state[1])

    def numpy(self) -> np.dtype[Any]:
        if self.code not in NUMBERS or self.order not in BYTE_ORDERS:
            raise ValueError(f"arrays of type {self.code!r} are not read")
        return np.dtype(self.order + self.code)


class _Array:
    """The record of an array: its state is (version, shape, type, in Fortran's order, bytes or a list of objects)."""

    state: Any = None

    def __init__(self, *_what: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def built(self, depth: int) -> Any:
        _, shape, kind, fortran, content = self.state
        if kind.code == "O8":
            return _shaped(_built(list(content), depth + 1), shape)
        return array_from(content, kind.numpy(), shape, bool(fortran))


class _Number:
    """The record of one number of an array's type."""

    def __init__(self, kind: Any, content: Any) -> None:
        self.kind, self.content = kind, content

    def built(self) -> Any:
        return array_from(self.content, self.kind.numpy(), (), False)[()]


def array_from(content: Any, kind: np.dtype[Any], shape: Any, fortran: bool) -> np.ndarray:
    """The array of these bytes, writable; raises ValueError where they are not as many as the shape needs."""
    sizes = tuple(int(size) for size in shape)
    if min(sizes, default=0) < 0 or len(content) != math.prod(sizes) * kind.itemsize:
        raise ValueError(f"{len(content)} bytes are no array of shape {sizes} of {kind}")
    return np.frombuffer(bytearray(content), kind).reshape(sizes, order="F" if fortran else "C")


def _shaped(items: list[Any], shape: Any) -> np.ndarray:
    """An array of objects; one of no dimensions holds the single item."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array.reshape(tuple(int(size) for size in shape))


def _encode(text: Any, encoding: Any) -> bytes:
    """Python 3's way to write bytes into a pickle that Python 2 can read."""
    if _text(encoding) != "latin1":
        raise ValueError(f"text in {encoding!r} is not read")
    return str(text).encode("latin1")


def _no_bytes() -> bytes:
    """What Python 3 writes for Python 2 in the place of b""."""
    return b""


def _text(name: Any) -> str:
    return name.decode("ascii") if isinstance(name, bytes) else str(name)


KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy.core.multiarray", "scalar"): _Number,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _no_bytes,
}


def _built(value: Any, depth: int) -> Any:
    """The value with arrays in the place of their records."""
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    match value:
        case _Array():
            return value.built(depth)
        case _Number():
            return value.built()
        case dict():
            return {_built(key, depth + 1): _built(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_built(item, depth + 1) for item in value)
        case None | bool() | int() | float() | str() | bytes():
            return value
    raise ValueError(f"a {type(value).__name__.strip('_')} is no plain data")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
