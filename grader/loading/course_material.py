"""What of a course stands beside a student's code: data files that it opens, a probe and what the probe's topic shares.
Probes are loaded as modules that import each other as their folders lie. `from ..probing import …` in
`topic/exercise/probe.py` means `topic/probing.py`, at the top or inside a function. The modules' names begin with what
the texts hash to, so that topics, and versions of one, stand side by side in a process, and none is taken for a module
of a student's."""

import builtins
import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from grader.messages.requests import STAND_INS, digest_of

_WRITES = frozenset("wax+")
_BINARY = (".npy", ".npz", ".pkl", ".pickle")


@dataclass(frozen=True)
class LoadedProbe:
    """The probe's module, and the stand-ins where they came along: for names that the exercise's code uses."""

    module: ModuleType
    given: Mapping[str, Any]


def load_probe_code(exercise: str, parts: Mapping[str, str], files: Mapping[str, Path] | None = None) -> LoadedProbe:
    """Execute `parts` in their order; what they raise passes through. `files`: where they lie, in a course at hand."""
    root = f"course_{digest_of(parts)[:12]}"
    modules = {path: _execute(root, path, text, (files or {}).get(path)) for path, text in parts.items()}
    stand_ins = modules.get(f"{exercise}/{STAND_INS}")
    return LoadedProbe(modules[f"{exercise}/probe.py"], {} if stand_ins is None else stand_ins.GIVEN)


def file_name(path: str) -> str:
    """What tracebacks call a file that is not at hand."""
    return f"fixtures/{path}"


def compile_all(parts: Mapping[str, str]) -> None:
    """A process that compiles before it forks spares its children the time; what is wrong, loading tells."""
    with contextlib.suppress(SyntaxError):
        for path, text in parts.items():
            _compiled(text, file_name(path))


@cache
def _compiled(text: str, name: str) -> CodeType:
    return compile(text, name, "exec")


def _execute(root: str, path: str, text: str, file: Path | None) -> ModuleType:
    name = f"{root}.{path.removesuffix('.py').replace('.', '_').replace('/', '.')}"
    module = sys.modules[name] = ModuleType(name)
    module.__package__ = name.rpartition(".")[0]
    topic = f"{root}.{path.partition('/')[0]}"
    for package in (root, topic):  # so that a file which is missing is named as it was asked for
        sys.modules.setdefault(package, ModuleType(package)).__path__ = []
    if file is not None:
        module.__file__ = str(file)
    exec(_compiled(text, file_name(path) if file is None else str(file)), vars(module))
    return module


@contextlib.contextmanager
def course_files(files: Mapping[str, Path]) -> Iterator[None]:
    """While this lasts, a file of one of these names that is opened for reading is the one given here.
    Code says `/content/drive/weights.npz` or `../data/weights.npz`, after the machine it was written on. A file that is
    opened for writing, or by number, is left alone. Code for Python 2 opens arrays as text, and older numpy loaded
    object arrays unasked: both work here."""
    if not files:
        yield
        return
    original = builtins.open

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, str | os.PathLike) and not _WRITES.intersection(mode):
            found = files.get(Path(os.fsdecode(file)).name)
            if found is not None and found.suffix in _BINARY:
                with original(found, "rb") as whole:  # np.load keeps its file open, and nobody closes it
                    return io.BytesIO(whole.read())
            file = found or file
        return original(file, mode, *args, **kwargs)

    def loaded(file: Any, mmap_mode: Any = None, allow_pickle: bool = True, **kwargs: Any) -> Any:
        return original_load(file, mmap_mode, allow_pickle, **kwargs)

    original_load = np.load
    builtins.open = io.open = opened
    np.load = loaded  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.open = io.open = original
        np.load = original_load
