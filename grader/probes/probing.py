"""What a probe is written with: cases (inputs) and a recorder of what was seen.

An exercise's `fixtures/<topic>/<exercise>/probe.py` defines two functions:

    def cases(generator: torch.Generator) -> Iterator[Case]: ...
    def probe(entry, case: Case, see: Recorder) -> None: ...

`cases` draws the inputs, once, when fixtures are recorded. `probe` runs the student's `entry` (a function
or a class) on one case and tells the recorder what it saw; it judges nothing. The same probe runs on the
reference, in float64 and float32, and on a submission inside the sandbox.
"""

from __future__ import annotations

import inspect
import itertools
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from grader.model.errors import CannotTell as CannotTell
from grader.model.errors import Unusable as Unusable

MAX_ELEMENTS = 4_000_000  # a seen tensor above this is described, not sent


@dataclass(frozen=True)
class Case:
    """One set of inputs: tensors, and settings that are not tensors (kernel, num_filters, …)."""

    name: str
    tensors: Mapping[str, torch.Tensor] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def __getitem__(self, name: str) -> torch.Tensor:
        """A fresh copy of an input, so that one use cannot spoil the next."""
        return self.tensors[name].clone()

    def to(self, device: torch.device, dtype: torch.dtype) -> Case:
        """The same case with every tensor on `device` and the floating-point ones in `dtype`."""
        moved = {
            name: t.to(device=device, dtype=dtype if t.is_floating_point() else t.dtype)
            for name, t in self.tensors.items()
        }
        return replace(self, tensors=moved, device=device)


class Recorder:
    """Collects named tensors and facts; what was seen before an exception stays seen."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}

    def tensor(self, name: str, value: Any) -> None:
        """Record a value that should be a tensor; anything else is recorded by its type's name."""
        self.values[name] = snapshot(value)

    def exactly(self, name: str, value: Any) -> None:
        """Record a value of any kind as a fact: it must come out as the same. 4.0 counts as 4, an array as a list."""
        self.fact(self._free(name), _as_json(value))

    def nearly(self, name: str, value: Any) -> None:
        """Record numbers, of any kind and in any container, as a float64 tensor: they are compared with a tolerance."""
        try:
            numbers = value.detach().cpu() if isinstance(value, torch.Tensor) else np.asarray(value, dtype=np.float64)
            self.tensor(self._free(name), torch.as_tensor(numbers).to(torch.float64))
        except (TypeError, ValueError):  # no numbers, or rows of different lengths
            self.tensor(self._free(name), value)

    def _free(self, name: str) -> str:
        """`name`, with a number where it is taken: a loop can record its values under one name."""
        taken = self.values.keys() | self.facts.keys()
        numbered = (f"{name} ({number})" for number in itertools.count(2))
        return name if name not in taken else next(name for name in numbered if name not in taken)

    def fact(self, name: str, value: Any) -> None:
        """Record plain JSON data: a string, number, bool, None, or lists and dicts of these."""
        self.facts[name] = value


def _as_json(value: Any) -> Any:
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (str, int, float)) or value is None else repr(value)


@dataclass(frozen=True)
class Snapshot:
    """A value as it was when recorded: its description, and a plain CPU copy of the data where it has some."""

    type: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    device: str = ""
    data: torch.Tensor | None = None


def snapshot(value: Any) -> Snapshot:
    """Describe a value and copy its data; never calls code that the value's own class defines."""
    if not isinstance(value, torch.Tensor):
        return Snapshot(type(value).__name__)
    name = "Tensor" if type(value) in (torch.Tensor, torch.nn.Parameter) else type(value).__name__
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        plain = value.detach().as_subclass(torch.Tensor)
        shape, device = tuple(plain.shape), plain.device.type
        dtype = str(plain.dtype).removeprefix("torch.")
        described = Snapshot(name, shape, dtype, device)
        if plain.numel() > MAX_ELEMENTS or plain.is_complex() or plain.layout is not torch.strided or device == "meta":
            return described
        if plain.dtype in (torch.float16, torch.bfloat16):
            plain = plain.float()
        data = torch.empty(shape, dtype=plain.dtype)
        data.copy_(plain)
        return replace(described, data=data)


def contract(output: torch.Tensor, cotangent: torch.Tensor) -> torch.Tensor:
    """The scalar <output, cotangent>, whose backward pass sends `cotangent` (same shape) into `output`.

    Handing the cotangent to backward() instead makes torch import a package for symbolic algebra: 0.4 s, 40 MB.
    """
    return (output * cotangent).sum()


def defined_with(entry: Any, name: str) -> Any:
    """What the file that defines `entry` calls `name`; raises NotImplementedError where it defines no such thing."""
    names = globals_of(entry)
    if name not in names:
        raise NotImplementedError(f"{name} is defined nowhere beside {entry.__name__}")
    return names[name]


@contextmanager
def replacing(entry: Any, **replacements: Any) -> Iterator[None]:
    """Let the file that defines `entry` see these objects under these names, whether it had any or not."""
    names = globals_of(entry)
    before = {name: names[name] for name in replacements if name in names}
    names.update(replacements)
    try:
        yield
    finally:
        for name in replacements:
            del names[name]
        names.update(before)


@contextmanager
def _extending(entry: Any, given: Mapping[str, Any]) -> Iterator[None]:
    """Let a class whose file sees `given` under their names extend them too, where it extended the file's own.

    A class was made before its file was given other names, so its bases stay what they were then. What is no class,
    as a function that makes a network, has none.
    """
    if not given or not isinstance(entry, type):
        yield
        return
    names, before = globals_of(entry), entry.__bases__
    here: dict[str, type] = {n: new for n, new in given.items() if names.get(n) is new and isinstance(new, type)}
    bases = tuple(here.get(base.__name__, base) for base in before)
    if bases != before:
        entry.__bases__ = bases
    try:
        yield
    finally:
        if bases != before:
            entry.__bases__ = before


def globals_of(entry: Any) -> dict[str, Any]:
    """The global names that a function, or a class's methods, look their names up in."""
    function = inspect.unwrap(entry)
    for own in (function, *(vars(function).values() if isinstance(function, type) else ())):
        if inspect.isfunction(own) and own.__module__ == function.__module__:
            return own.__globals__
    return vars(sys.modules[function.__module__])


def seed_everything(seed: int) -> None:
    """Give every generator that student code may use a known state."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def run_probe(
    probe: Any,
    entry: Any,
    case: Case,
    device: torch.device,
    dtype: torch.dtype,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Recorder:
    """Run `probe(entry, case)`; exceptions pass through with what was seen attached as `seen`.

    `given` are the stand-ins that the entry's file may have been given in place of its own names.
    """
    see = Recorder()
    seed_everything(0)
    previous = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with _extending(entry, given):
            probe(entry, case.to(device, dtype), see)
    except BaseException as error:
        error.seen = see  # type: ignore[attr-defined]
        raise
    finally:
        torch.set_default_dtype(previous)
    return see
