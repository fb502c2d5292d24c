"""Modules that hold the places of others: asked for anything, they become the module whose name they have."""

import importlib.abc
import importlib.machinery
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

Bring = Callable[[str], ModuleType]  # imports the real module of a name


class Placeholder(ModuleType):
    """Becomes the real module when it is filled; `bring` does that. `taken` names are called through for now."""

    def __init__(self, name: str, bring: Bring, taken: Sequence[str] = ()) -> None:
        super().__init__(name)
        self._bring, self._taken = bring, taken

    def __getattr__(self, name: str) -> Any:
        if is_dunder(name) and name != "__all__":  # the import machinery's own questions
            raise AttributeError(name)
        if name in self._taken:
            return CalledThrough(self.__name__, name, self._bring)
        return getattr(self._bring(self.__name__), name)

    def __dir__(self) -> list[str]:
        return dir(self._bring(self.__name__))


class Compiler(Placeholder):
    """Has what an optimizer calls: nothing to do where nothing is compiled."""

    @staticmethod
    def graph_break(*_: Any, **__: Any) -> None:
        return None

    @staticmethod
    def disable(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Callable[..., Any]:
        return (lambda wrapped: wrapped) if function is None else function


class SymbolicShapes(Placeholder):
    """Has what a backward pass with a gradient calls to compare two sizes, for sizes that are plain numbers."""

    def expect_true(self, condition: Any, skip: int = 0) -> Any:
        return condition if type(condition) is bool else self._bring(self.__name__).expect_true(condition, skip + 1)

    def sym_eq(self, x: Any, y: Any) -> Any:
        if all(isinstance(size, tuple | list) and all(type(n) is int for n in size) for size in (x, y)):
            return list(x) == list(y)
        return self._bring(self.__name__).sym_eq(x, y)


class CalledThrough:
    """A function or class of a module that is not there yet."""

    def __init__(self, module: str, name: str, bring: Bring) -> None:
        self.__module__, self.__name__, self.__qualname__ = module, name, name
        self._bring = bring

    def real(self) -> Any:
        return getattr(self._bring(self.__module__), self.__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.real()(*args, **kwargs)

    def __or__(self, other: object) -> Any:  # in a type: an import may evaluate `X | None`
        return Any


class Holding(importlib.abc.Loader):
    """Gives a module as it is."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__
        # or the import machinery, which finds it imported meanwhile, would run it once more
        vars(module)["__spec__"] = None  # through its dictionary: some let no attribute be set

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        if self._spec is not None:  # the import machinery has put ours in the place of its own
            vars(module)["__spec__"] = self._spec


class Filling(importlib.abc.Loader):
    """Makes a placeholder the real module, so that whoever holds it has that."""

    def __init__(self, loader: importlib.abc.Loader, placeholder: Placeholder) -> None:
        self._loader, self._placeholder = loader, placeholder

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module: ModuleType = self._placeholder
        vars(module).clear()
        module.__class__ = ModuleType
        ModuleType.__init__(module, spec.name)
        spec.loader = self._loader
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        self._loader.exec_module(module)


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
