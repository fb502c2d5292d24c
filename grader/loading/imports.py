"""Imports among a student's own files: definitions and constants are executed, training at top level is not."""

import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

from grader.intake.decoding import decode_source
from grader.loading.executing import Execution, Surroundings
from grader.loading.locations import failure_notes, imported_by_student
from grader.loading.program import read_program
from grader.loading.standins import StandInFinder

_loaded: set[str] = set()  # our entries in sys.modules


def new_module(path: str, root: Path, *, in_package: bool) -> ModuleType:
    """The module that a source becomes: "models/net.py" is "models.net", "net-12.py" is "net_12".

    It can be imported under its name, as pickling and relative imports need.
    """
    parts = re.sub(r"\.(py|ipynb)$", "", path, flags=re.IGNORECASE).removesuffix("/__init__").split("/")
    words = [re.sub(r"\W", "_", part) for part in parts]
    name = ".".join(word if word[:1].isidentifier() else f"_{word}" for word in words)
    if name in sys.stdlib_module_names or (name in sys.modules and name not in _loaded):
        name += "_handed_in"
    _loaded.add(name)
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = str(root / path)
    module.__package__ = name.rpartition(".")[0] if in_package else ""
    return module


class WorkspaceFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the submission's own modules: exact names before everything else, renamed files where nobody has them.

    Hand-ins are renamed (`net-123.py`) and moved, while the imports in them still say `import net`.
    """

    def __init__(self, around: Surroundings, exact: bool) -> None:
        self.around = around
        self.exact = exact

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] in sys.stdlib_module_names or (
            not self.exact and not imported_by_student(looking_for_attribute=True)
        ):
            return None
        inside = [Path(p) for p in path] if path is not None else [self.around.folder, self.around.root]
        places = [place for place in inside if place.is_relative_to(self.around.root)]
        leaf = fullname.rpartition(".")[2]
        candidates = _exact(places, leaf) if self.exact else self._renamed(places, fullname, leaf, path is None)
        found = next(candidates, None)
        if found is None:
            return None
        file, inner = (found / "__init__.py", [str(found)]) if found.is_dir() else (found, None)
        return importlib.util.spec_from_file_location(fullname, file, loader=self, submodule_search_locations=inner)

    def _renamed(self, places: Sequence[Path], fullname: str, leaf: str, anywhere: bool) -> Iterator[Path]:
        files = sorted(f for f in self.around.root.rglob("*.py") if f.is_file())
        ending = "/" + fullname.replace(".", "/") + ".py"
        renamed = re.compile(re.escape(leaf) + r"(?:[^A-Za-z_].*|_\d.*)?", re.IGNORECASE)
        alike = [f for f in files if renamed.fullmatch(f.stem)]
        for group in (
            [f for f in files if anywhere and f.as_posix().endswith(ending)],
            [f for f in alike if f.parent in places],
            [f for f in alike if anywhere],
        ):
            if len(group) == 1:
                yield group[0]

    def exec_module(self, module: ModuleType) -> None:
        _loaded.add(module.__name__)
        file = Path(str(module.__spec__.origin if module.__spec__ else ""))
        if not file.is_file():  # a folder without __init__.py
            return
        text, _ = decode_source(file.read_bytes())
        relative = file.relative_to(self.around.root).as_posix()
        program = read_program(relative, [("", text)], is_notebook=False)
        execution = Execution(program, module.__dict__, self.around)
        module.__dict__["__getattr__"] = execution.fetch
        execution.define(program.definitions())
        self.around.notes += failure_notes(program.errors, execution.failures)


def _exact(places: Sequence[Path], leaf: str) -> Iterator[Path]:
    for place in places:
        if (place / leaf).is_dir() and next((place / leaf).rglob("*.py"), None):
            yield place / leaf
        if (place / f"{leaf}.py").is_file():
            yield place / f"{leaf}.py"


@cache
def surroundings_of(root: Path) -> Surroundings:
    """The surroundings of the one submission that this process loads, with its finders in `sys.meta_path`."""
    around = Surroundings(root, StandInFinder(own=_loaded))
    last = WorkspaceFinder(around, exact=False), around.standins
    sys.meta_path[:] = [WorkspaceFinder(around, exact=True), *sys.meta_path, *last]
    return around
