"""Imports among a student's own files: definitions and constants are executed, training at top level is not."""

import importlib.abc
import importlib.machinery
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from grader.intake.source_text import decode_source
from grader.loading.executing import Execution, Surroundings
from grader.loading.locations import failure_notes, imported_by_student
from grader.loading.program import read_program
from grader.loading.standins import StandInFinder, StandInModule

_loaded: set[str] = set()  # our entries in sys.modules


def module_name(path: str) -> str:
    """A dotted name for a source: "models/net.py" gives "models.net", "net-12.py" gives "net_12"."""
    parts = re.sub(r"\.(py|ipynb)$", "", path, flags=re.IGNORECASE).removesuffix("/__init__").split("/")
    name = ".".join(_identifier(part) for part in parts)
    taken = name in sys.stdlib_module_names or (name in sys.modules and name not in _loaded)
    return f"{name}_handed_in" if taken else name


def register(module: ModuleType) -> None:
    """Make the module importable under its own name, as pickling and relative imports need."""
    _loaded.add(module.__name__)
    sys.modules[module.__name__] = module


def _identifier(text: str) -> str:
    name = re.sub(r"\W", "_", text)
    return name if name[:1].isidentifier() else f"_{name}"


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
        return None if found is None else self._spec(fullname, found)

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

    def _spec(self, fullname: str, found: Path) -> importlib.machinery.ModuleSpec:
        package = found.is_dir()
        file = found / "__init__.py" if package else found
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=str(file), is_package=package)
        if package:
            spec.submodule_search_locations = [str(found)]
        spec.has_location = file.is_file()
        return spec

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


_installed: tuple[Surroundings, list[importlib.abc.MetaPathFinder]] | None = None


def surroundings_of(root: Path, folder: Path, budget_s: float, statement_limit_s: float) -> Surroundings:
    """The submission's surroundings, with its finders in `sys.meta_path`; another root forgets the former one."""
    global _installed
    if _installed is None or _installed[0].root != root:
        _forget()
        around = Surroundings(root, StandInFinder(own=_loaded))
        first, *last = WorkspaceFinder(around, exact=True), WorkspaceFinder(around, exact=False), around.standins
        sys.meta_path[:] = [first, *sys.meta_path, *last]
        _installed = around, [first, *last]
    around, _ = _installed
    around.folder = folder
    around.notes = []
    around.standins.used.clear()
    around.shell.recorded.clear()
    around.end = time.monotonic() + budget_s
    around.statement_limit_s = statement_limit_s
    return around


def _forget() -> None:
    for finder in _installed[1] if _installed else ():
        sys.meta_path.remove(finder)
    standin_modules = [name for name, module in sys.modules.items() if isinstance(module, StandInModule)]
    for name in [*_loaded, *standin_modules]:
        sys.modules.pop(name, None)
    _loaded.clear()
