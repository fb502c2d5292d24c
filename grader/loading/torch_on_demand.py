"""torch, started without the parts that few programs use; the first need of any of them brings them all in.

A third of the time that `import torch` takes goes into descriptions of its operations for compilers and for tensors
without data. Placeholders stand in `sys.modules` for them instead. Whatever shows that a program misses something opens
them all, in torch's own order, so that there are two states only: nothing of them was ever asked for, or everything is
as after a plain import. What shows it:

- an attribute of such a module, or a module that a package of torch has as an attribute once it is imported,
- the import of a module of torch that its start has not brought in,
- an operation that `torch.ops` does not know (yet),
- the first tensor on the device "meta", which holds no data: what operations on it give is registered by these parts.

Two more modules are not part of a plain import, but common work imports them only to call functions that then do
nothing: `torch._dynamo`, a second and 60 MB, by the first optimizer; `symbolic_shapes`, by a backward pass with a
gradient.
"""

import contextlib
import functools
import importlib
import importlib.abc
import importlib.util
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


class Placeholder(ModuleType):
    """Asked for anything, it becomes the module whose name it has. `taken` names are called through for now."""

    def __init__(self, name: str, taken: Sequence[str] = ()) -> None:
        super().__init__(name)
        self._taken = taken

    def __getattr__(self, name: str) -> Any:
        if _is_dunder(name) and name != "__all__":  # the import machinery's own questions
            raise AttributeError(name)
        if name in self._taken:
            return CalledThrough(self.__name__, name)
        return getattr(_parts.real(self.__name__), name)

    def __dir__(self) -> list[str]:
        return dir(_parts.real(self.__name__))


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
        return condition if type(condition) is bool else _parts.real(self.__name__).expect_true(condition, skip + 1)

    def sym_eq(self, x: Any, y: Any) -> Any:
        if all(isinstance(size, tuple | list) and all(type(n) is int for n in size) for size in (x, y)):
            return list(x) == list(y)
        return _parts.real(self.__name__).sym_eq(x, y)


class CalledThrough:
    """A function or class of a module that is not there yet."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__, self.__name__, self.__qualname__ = module, name, name

    def real(self) -> Any:
        return getattr(_parts.real(self.__module__), self.__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.real()(*args, **kwargs)

    def __or__(self, other: object) -> Any:  # in a type: an import may evaluate `X | None`
        return Any


# What is left out, and names that torch's start takes out of it.
LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "torch.export": (),
    "torch.func": ("vmap",),
    "torch._higher_order_ops": ("cond", "while_loop"),
    "torch._higher_order_ops.invoke_subgraph": ("NestedCompileRegionOptions",),
    "torch._meta_registrations": (),
}
# What common work would import later without using it.
_LATER: Mapping[str, type[Placeholder]] = {
    "torch._dynamo": Compiler,
    "torch.fx.experimental.symbolic_shapes": SymbolicShapes,
}
# Every tensor on the device "meta" begins with one of these.
META_FACTORIES = ("empty.memory_format", "empty_strided", "_efficientzerotensor", "_sparse_coo_tensor_with_dims")


class _Parts(importlib.abc.MetaPathFinder):
    """Finds the modules of torch: gives placeholders while torch starts, and opens what they stand for."""

    def __init__(self) -> None:
        self.started = False  # torch's own import is through
        self.open = False
        self._waiting: dict[str, Placeholder] = {}  # in the order in which torch asked for them
        self._to_undo: list[Callable[[], object]] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith("torch."):
            return None
        if fullname in self._waiting:  # taken out of sys.modules: it is wanted itself
            module: ModuleType = self._waiting.pop(fullname)
            vars(module).clear()
            module.__class__ = ModuleType  # so that whoever holds the placeholder has the module
            return _giving(PathFinder.find_spec(fullname, path), module, execute=True)
        if not self.started and not self.open and fullname in LEFT_OUT:
            return self._held(Placeholder(fullname, LEFT_OUT[fullname]), path)
        parent = fullname.rpartition(".")[0]
        if not self.started and parent not in self._waiting:
            return None
        self.open_all()
        if parent in self._waiting:
            self.real(parent)
        there = sys.modules.get(fullname)  # imported meanwhile: it must not run once more
        return None if there is None else _giving(there.__spec__, there, execute=False)

    def _held(self, placeholder: Placeholder, path: Sequence[str] | None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(placeholder.__name__, path)
        if spec is not None:
            self._waiting[spec.name] = placeholder
        return _giving(spec, placeholder, execute=False)

    def real(self, name: str) -> ModuleType:
        """The module itself, imported now."""
        self.open_all()
        if name in self._waiting:
            sys.modules.pop(name, None)
        return importlib.import_module(name)

    def open_all(self) -> None:
        """Import what was left out."""
        if self.open:
            return
        self.open = True
        left_out = [name for name in self._waiting if name in LEFT_OUT]
        # a time limit that ended an import of torch in its middle would leave half of it
        alarms = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        try:
            while self._to_undo:
                self._to_undo.pop()()
            for name in left_out:
                sys.modules.pop(name, None)
            for name in left_out:
                importlib.import_module(name)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, alarms)
        for module in _modules_of_torch():
            for name, value in list(vars(module).items()):
                if type(value) is CalledThrough:
                    setattr(module, name, value.real())

    def watch(self) -> None:
        """From now on notice what a program misses."""
        torch: Any = sys.modules["torch"]
        self.started = True
        for placeholder in self._waiting.values():
            placeholder._taken = ()
        for name, kind in _LATER.items():
            self._hold_later(name, kind)
        if self.open:
            return
        for module in _modules_of_torch():
            if "__path__" in vars(module) and not isinstance(module, Placeholder):
                self._watch_attributes(module)
        for namespace in (type(torch.ops.aten), type(torch.ops.higher_order)):
            self._watch_operations(namespace)
        self._watch_meta(torch)
        if hasattr(torch._C, "_set_generator_metaclass"):  # torch 2.13 makes no generator without what they set here
            torch._C._set_generator_metaclass(importlib.import_module("torch._opaque_base").OpaqueBaseMeta)

    def _hold_later(self, name: str, kind: type[Placeholder]) -> None:
        package, _, attribute = name.rpartition(".")
        if name in sys.modules or package not in sys.modules:
            return
        spec = self._held(kind(name), sys.modules[package].__path__)
        if spec is not None:
            sys.modules[name] = module = importlib.util.module_from_spec(spec)
            setattr(sys.modules[package], attribute, module)

    def _watch_attributes(self, package: ModuleType) -> None:
        own = vars(package).get("__getattr__")

        def missing(name: str) -> Any:
            if own is not None:
                with contextlib.suppress(AttributeError):
                    return own(name)
            module = f"{package.__name__}.{name}"
            if self.open or PathFinder.find_spec(module, package.__path__) is None:
                raise AttributeError(f"module {package.__name__!r} has no attribute {name!r}", name=name, obj=package)
            self.open_all()
            return getattr(package, name)

        def everything() -> list[str]:
            self.open_all()
            return dir(package)

        self._replace(package, "__getattr__", missing)
        self._replace(package, "__dir__", everything)

    def _watch_operations(self, namespace: Any) -> None:
        own = namespace.__getattr__

        def operation(these: ModuleType, name: str) -> Any:
            try:
                return own(these, name)
            except AttributeError:
                if _is_dunder(name) or self.open:
                    raise
            self.open_all()
            return getattr(these, name)

        self._replace(namespace, "__getattr__", operation)

    def _watch_meta(self, torch: Any) -> None:
        library = torch.library.Library("aten", "IMPL", "Meta")

        def first(operation: Any, *args: Any, **kwargs: Any) -> Any:
            self.open_all()
            return operation(*args, **kwargs)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that these replace torch's own, which they call
            for name in META_FACTORIES:
                packet, _, overload = name.partition(".")
                operation = getattr(getattr(torch.ops.aten, packet), overload or "default")
                library.impl(name, functools.partial(first, operation))
        self._to_undo.append(library._destroy)

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        before = vars(owner).get(name)
        setattr(owner, name, value)
        self._to_undo.append(lambda: delattr(owner, name) if before is None else setattr(owner, name, before))


_parts = _Parts()


@contextlib.contextmanager
def parts_left_out() -> Iterator[None]:
    """Import torch in this block, and what programs often want besides; what is not needed there comes on demand.
    Where torch is imported already, nothing of it is left out any more, only what is imported later."""
    _parts.open = "torch" in sys.modules
    sys.meta_path.insert(0, _parts)
    yield
    _parts.watch()


def _giving(spec: ModuleSpec | None, module: ModuleType, *, execute: bool) -> ModuleSpec | None:
    """The spec, by which the import machinery now takes `module` for its own, and leaves it as it is or executes it."""
    if spec is not None:
        loader: Any = spec.loader
        loader.create_module = lambda _: module
        if not execute:
            loader.exec_module = lambda _: vars(loader).pop("exec_module")
    return spec


def _modules_of_torch() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name == "torch" or name.startswith("torch.")]


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
