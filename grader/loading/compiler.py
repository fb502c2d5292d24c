"""torch's compiler, imported only by code that really compiles.

The first optimizer that a program makes imports `torch._dynamo`: more than a second and some 60 MB, only to call two of
its functions that do nothing where nothing is compiled. Until code asks for anything else of it, a stand-in has those.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import torch

NAME = "torch._dynamo"


class _StandIn(ModuleType):
    """Has what an optimizer calls; any other attribute brings in the real module, which takes this one's place."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.__path__: list[str] = []

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        return None

    @staticmethod
    def disable(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Callable[..., Any]:
        return (lambda wrapped: wrapped) if function is None else function

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return getattr(_real(), name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """For `import torch._dynamo.something`: brings in the real package, and gives its submodule."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(f"{NAME}.") or not isinstance(sys.modules.get(NAME), _StandIn):
            return None
        _real()
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return importlib.import_module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None  # the real package's import has done it


def import_on_demand() -> None:
    """Put the stand-in in the place of `torch._dynamo`, unless that is imported already."""
    if NAME not in sys.modules:
        standin = _StandIn()
        sys.modules[NAME] = standin
        torch._dynamo = standin
        sys.meta_path.insert(0, _Finder())


def _real() -> ModuleType:
    if isinstance(sys.modules.get(NAME), _StandIn):
        del sys.modules[NAME]
        del torch._dynamo
    return importlib.import_module(NAME)
