"""Stand-ins for what a student's machine had and ours has not: Colab, IPython's shell, absent packages, a GPU."""

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Collection, Iterator, Sequence
from types import ModuleType
from typing import Any

import torch

from grader.loading.locations import imported_by_student
from grader.loading.translation import MODULES as PYTHON2_MODULES
from grader.probes.anything import Anything, attribute_of


class StandInModule(ModuleType):
    """An absent module: every attribute is Anything, every submodule importable."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Anything:
        return attribute_of(self.__name__, name)


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last in `sys.meta_path`: a module that student code imports and nobody has becomes a stand-in.
    Libraries that look for optional packages, and a student's `try: import …`, see them absent."""

    def __init__(self, own: Collection[str]) -> None:
        self.own = own  # modules of the submission itself, which never get a stand-in
        self.used: list[str] = []
        self.is_off = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not isinstance(sys.modules.get(fullname.rpartition(".")[0]), StandInModule) and (
            self.is_off or fullname.split(".")[0] in self.own or not imported_by_student(looking_for_attribute=False)
        ):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        if spec.name in PYTHON2_MODULES:
            renamed = ModuleType(spec.name)
            public = vars(importlib.import_module(PYTHON2_MODULES[spec.name])).items()
            renamed.__dict__.update({name: value for name, value in public if not name.startswith("__")})
            return renamed
        if not isinstance(sys.modules.get(spec.name.rpartition(".")[0]), StandInModule):
            self.used.append(spec.name)
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None

    @contextlib.contextmanager
    def switched_off(self, off: bool) -> Iterator[None]:
        before, self.is_off = self.is_off, self.is_off or off
        try:
            yield
        finally:
            self.is_off = before


class Shell:
    """What `get_ipython()` gives: magics and shell lines are recorded, not run."""

    def __init__(self) -> None:
        self.recorded: list[str] = []

    def system(self, command: str) -> None:
        self.recorded.append(f"!{command}")

    def getoutput(self, command: str) -> list[str]:
        self.recorded.append(f"!{command}")
        return []

    def run_line_magic(self, name: str, line: str, *_: object) -> str:
        self.recorded.append(f"%{name} {line}")
        return ""

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        self.recorded.append(f"%%{name} {line}")

    def __getattr__(self, name: str) -> Anything:
        return attribute_of("get_ipython()", name)


TENSOR_TYPES = tuple(f"{kind}Tensor" for kind in ["Byte", "Short", "Int", "Long", "Half", "Float", "Double", "Bool"])


def tolerate_missing_cuda() -> None:
    """Make `.cuda()` on tensors and modules give the thing itself, and torch.cuda.FloatTensor and its like the CPU's
    types; for a process that shall use no GPU."""

    def unchanged(self: Any, *_: Any, **__: Any) -> Any:
        return self

    torch.Tensor.cuda = unchanged  # type: ignore[method-assign]
    torch.nn.Module.cuda = unchanged  # type: ignore[method-assign]
    for name in TENSOR_TYPES:
        setattr(torch.cuda, name, getattr(torch, name))
