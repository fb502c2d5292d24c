"""Stand-ins for networks that student code downloads: from torch.hub, or by a function of torchvision.models.

There is no network to download them by. What a file imported from torchvision while it was loaded, and what it imports
inside a function, is the same stand-in; where torchvision is installed, everything else of it stays what it is.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import torch

from grader.probes.anything import Anything
from grader.probes.probing import globals_of, replacing
from grader.probes.workplace import swapped

Maker = Callable[..., torch.nn.Module]

_MODULES = ("torchvision", "torchvision.models", "torchvision.models.segmentation")


class Zoo(ModuleType):
    """torchvision or a part of it: a maker's name gives the maker, whatever the path to it."""

    def __init__(self, name: str, makers: Mapping[str, Maker], behind: object = None) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._makers = makers
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # protocols must see that it has none
            raise AttributeError(name)
        if name in self._makers:
            return self._makers[name]
        inner = getattr(self._behind, name, None)
        if inner is not None and not isinstance(inner, ModuleType | Anything):
            return inner
        return Zoo(f"{self.__name__}.{name}", self._makers, inner)


@contextlib.contextmanager
def pretrained(entry: Any, makers: Mapping[str, Maker]) -> Iterator[None]:
    """While this lasts, the file that defines `entry` gets its pretrained networks from these makers, by name.

    `makers`: "deeplabv3_resnet50" -> a function that takes any arguments and returns the network.
    """

    def load(repository: Any, model: str = "", *arguments: Any, **named: Any) -> torch.nn.Module:
        if model not in makers:
            raise ValueError(f"torch.hub.load: no network {model!r} here; there is {' or '.join(makers)}")
        return makers[model](*arguments, **named)

    original = torch.hub.load
    modules = {name: sys.modules.get(name) for name in _MODULES}
    seen = {name: value for name, value in globals_of(entry).items() if _origin(value).startswith("torchvision")}
    replaced = {name: _stand_in(value, makers) for name, value in seen.items()}
    replaced |= {name: load for name, value in globals_of(entry).items() if value is original}
    sys.modules.update({name: Zoo(name, makers, behind) for name, behind in modules.items()})
    try:
        with replacing(entry, **replaced), swapped(torch.hub, "load", load):
            yield
    finally:
        for name, behind in modules.items():
            if behind is None:
                del sys.modules[name]
            else:
                sys.modules[name] = behind


def _origin(value: object) -> str:
    """The dotted name that a global was imported by; "" of what was not imported from a module."""
    if isinstance(value, Anything):
        return repr(value).removeprefix("<stand-in for ").removesuffix(">")
    if isinstance(value, ModuleType):
        return value.__name__
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__name__', '')}"


def _stand_in(value: object, makers: Mapping[str, Maker]) -> object:
    name = _origin(value)
    if isinstance(value, ModuleType | Anything):
        return makers.get(name.rpartition(".")[2]) or Zoo(name, makers, value)
    return makers.get(name.rpartition(".")[2], value)
