"""torch, started without the parts that few programs use; the first need of any of them brings them all in.

A third of the time that `import torch` takes goes into descriptions of its operations for compilers and for tensors
without data. They are left out: placeholders stand in `sys.modules` instead. Whatever shows that a program misses
something opens them all, in torch's own order, so that there are two states only: nothing of them was ever asked for,
or everything is as after a plain import. What shows it:

- an attribute of such a module, or a module that a package of torch has as an attribute once it is imported,
- the import of a module of torch that its start has not brought in,
- an operation that `torch.ops` does not know (yet), an operation that the program itself defines,
- the first tensor on the device "meta", which holds no data: what operations on it give is registered by these parts.

Two more modules are not part of a plain import, but common work imports them only to call functions that then do
nothing: `torch._dynamo`, a second and 60 MB, by the first optimizer; `symbolic_shapes`, by a backward pass with a
gradient.
"""

import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from grader.loading.placeholders import (
    CalledThrough,
    Compiler,
    Filling,
    Holding,
    Placeholder,
    SymbolicShapes,
    is_dunder,
)

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
# Calls that work with what is left out: of functions in a module, or of methods of its classes.
_CALLS = (
    ("torch.library", ("custom_op", "triton_op", "infer_schema")),
    ("torch._subclasses.fake_tensor", ("FakeTensorMode.__init__",)),
    ("torch._subclasses.functional_tensor", ("FunctionalTensorMode.__init__",)),
)
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
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith("torch."):
            return None
        if fullname in self._waiting:  # taken out of sys.modules: it is wanted itself
            return _spec(fullname, path, lambda loader: Filling(loader, self._waiting.pop(fullname)))
        if not self.started and not self.open and fullname in LEFT_OUT:
            return self._held(Placeholder(fullname, self.real, LEFT_OUT[fullname]), path)
        parent = fullname.rpartition(".")[0]
        if not self.started and parent not in self._waiting:
            return None
        self.open_all()
        if parent in self._waiting:
            self.real(parent)
        there = sys.modules.get(fullname)
        return None if there is None else importlib.machinery.ModuleSpec(fullname, Holding(there))

    def _held(self, placeholder: Placeholder, path: Sequence[str] | None) -> importlib.machinery.ModuleSpec | None:
        spec = _spec(placeholder.__name__, path, lambda _: Holding(placeholder))
        if spec is not None:
            self._waiting[placeholder.__name__] = placeholder
        return spec

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
        with _alarms_held_back():
            while self._to_undo:
                self._to_undo.pop()()
            for name in left_out:
                sys.modules.pop(name, None)
            for name in left_out:
                importlib.import_module(name)
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
        for name, calls in _CALLS:
            for call in calls if name in sys.modules else ():
                self._watch_call(sys.modules[name], call)
        self._watch_meta(torch)
        self._do_what_they_do(torch)

    def _hold_later(self, name: str, kind: type[Placeholder]) -> None:
        package, _, attribute = name.rpartition(".")
        if name in sys.modules or package not in sys.modules:
            return
        spec = self._held(kind(name, self.real), sys.modules[package].__path__)
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
            if self.open or importlib.machinery.PathFinder.find_spec(module, package.__path__) is None:
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
                if is_dunder(name) or self.open:
                    raise
            self.open_all()
            return getattr(these, name)

        self._replace(namespace, "__getattr__", operation)

    def _watch_call(self, owner: Any, name: str) -> None:
        holder, _, method = name.rpartition(".")
        owner = getattr(owner, holder) if holder else owner

        def call(*args: Any, **kwargs: Any) -> Any:
            self.open_all()
            return getattr(owner, method)(*args, **kwargs)

        if hasattr(owner, method):
            self._replace(owner, method, call)

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

    def _do_what_they_do(self, torch: Any) -> None:
        """What the import of the left-out modules changes in others."""
        if hasattr(torch._C, "_set_generator_metaclass"):  # torch 2.13 makes no generator without
            torch._C._set_generator_metaclass(importlib.import_module("torch._opaque_base").OpaqueBaseMeta)

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        before = vars(owner).get(name)
        setattr(owner, name, value)
        self._to_undo.append(lambda: delattr(owner, name) if before is None else setattr(owner, name, before))


_parts = _Parts()


@contextmanager
def parts_left_out() -> Iterator[None]:
    """Import torch in this block, and what programs often want besides; what is not needed there comes on demand.

    Where torch is imported already, nothing of it is left out any more, only what is imported later.
    """
    _parts.open = "torch" in sys.modules
    sys.meta_path.insert(0, _parts)
    yield
    _parts.watch()


def _spec(
    name: str, path: Sequence[str] | None, loader: Callable[[importlib.abc.Loader], importlib.abc.Loader]
) -> importlib.machinery.ModuleSpec | None:
    """The spec of a module that exists, with another loader."""
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is not None and spec.loader is not None:
        spec.loader = loader(spec.loader)
    return spec


def _modules_of_torch() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name == "torch" or name.startswith("torch.")]


@contextmanager
def _alarms_held_back() -> Iterator[None]:
    # a time limit that ended an import of torch in its middle would leave half of it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
