"""Loads the functions and classes that a student defined, from a notebook or a module, without running the rest.
So it is with other files of the student's that these import."""

import importlib.abc
import importlib.util
import os
import re
import sys
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from grader.intake.source_text import decode_source
from grader.loading.executing import Execution, Surroundings
from grader.loading.locations import describe, failure_notes, imported_by_student
from grader.loading.program import read_program
from grader.loading.standins import StandInFinder
from grader.loading.translation import write_module_of_cell

_MAX_LISTED = 5
_loaded: set[str] = set()  # our entries in sys.modules


@dataclass
class Loaded:
    """A loaded source. `namespace` is the module's own, the one its functions look their globals up in."""

    namespace: dict[str, Any]
    errors: dict[str, dict[str, str]]  # missing wanted name -> type, message, where
    notes: list[str]


def load_source(
    path: str,
    kind: Literal["module", "notebook"],
    cells: Sequence[tuple[str, str]],
    wanted: Collection[str],
    budget_s: float,
) -> Loaded:
    """Define the `wanted` names of one source, with what they need, in at most `budget_s` seconds.
    `path` is relative to the current folder, the root of the submission; `cells` are (label, text). Only the statements
    that the wanted names depend on are executed. A wanted name that is missing without an entry in `errors` is defined
    nowhere in the source."""
    root = Path.cwd()
    around = _surroundings_of(root)
    around.begin((root / path).parent, budget_s)
    if kind == "notebook":
        for _, text in cells:
            write_module_of_cell(text, root)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = read_program(path, cells, kind == "notebook")
            module = _new_module(path, root, in_package=kind == "module")
            execution = Execution(program, vars(module), around)
            execution.define(wanted)
            if _slice_may_have_lost_something(execution, wanted):
                execution.run(p for p, s in enumerate(program.statements) if not s.last_resort)
    finally:
        os.chdir(root)  # a later source is looked up from here
    missing = {name: execution.why_missing(name) for name in wanted if name not in execution.namespace}
    errors = {name: describe(error) for name, error in missing.items() if error is not None}
    return Loaded(execution.namespace, errors, _notes(execution, around))


def _slice_may_have_lost_something(execution: Execution, wanted: Collection[str]) -> bool:
    """Names bound by `exec`, or objects changed in a way that the text does not show."""
    found = {name for name in wanted if name in execution.namespace}
    effects = [statement.effects for statement in execution.program.statements]
    if any(e.dynamic for e in effects) and not (found and found <= set[str]().union(*(e.binds for e in effects))):
        return True
    causes = [execution.why_missing(name) for name in wanted if name not in found]
    return any(isinstance(cause, AttributeError | LookupError) for cause in causes)


def _notes(execution: Execution, around: Surroundings) -> list[str]:
    notes = [*around.notes, *failure_notes(execution.program.errors, execution.failures)]
    if execution.program.python2:
        notes.append("read as Python 2")
    if absent := sorted(set(around.standins.used)):
        notes.append(f"not installed here, a stand-in takes its place: {', '.join(absent[:_MAX_LISTED])}")
    if around.shell.recorded:
        notes.append(f"not run: {'; '.join(around.shell.recorded[:_MAX_LISTED])}"[:300])
    return list(dict.fromkeys(notes))


def _new_module(path: str, root: Path, *, in_package: bool) -> ModuleType:
    """The module that a source becomes: "models/net.py" is "models.net", "net-12.py" is "net_12".
    It can be imported under its name, as pickling and relative imports need."""
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
    Hand-ins are renamed (`net-123.py`) and moved, while the imports in them still say `import net`."""

    def __init__(self, around: Surroundings, exact: bool) -> None:
        self.around = around
        self.exact = exact

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
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
        program = read_program(file.relative_to(self.around.root).as_posix(), [("", text)], is_notebook=False)
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
def _surroundings_of(root: Path) -> Surroundings:
    """The surroundings of the one submission that this process loads, with its finders in `sys.meta_path`."""
    around = Surroundings(root, StandInFinder(own=_loaded))
    last = WorkspaceFinder(around, exact=False), around.standins
    sys.meta_path[:] = [WorkspaceFinder(around, exact=True), *sys.meta_path, *last]
    return around
