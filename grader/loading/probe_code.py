"""An exercise's probe and what its topic shares, loaded as modules that import each other as their folders lie.

`from ..probing import …` in `topic/exercise/probe.py` means `topic/probing.py`, at the top or inside a function. The
modules' names begin with what the texts hash to, so that topics, and versions of one, stand side by side in a process,
and none is taken for a module of a student's.
"""

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from grader.messages.requests import STAND_INS, digest_of


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
