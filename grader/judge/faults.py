"""Our own faults while judging, the course's rules and oracles among them: they cost nothing and say where they are."""

import sysconfig
import traceback
from pathlib import Path

from grader.judge.quoting import printable

_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def describe_fault(error: Exception) -> str:
    """`the check failed at fixtures/text/sample/oracle.py, line 7: KeyError: 'p'; no marks are lost by it`"""
    what = f"{type(error).__name__}: {printable(error)}".removesuffix(": ")
    return f"the check itself failed at {_place(error)}: {what}; no marks are lost by it"


def _place(error: Exception) -> str:
    """The innermost line of ours or of the course, not of a library that it calls."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(frame.filename)]
    frame = (ours or frames)[-1]
    return f"{_shown(frame.filename)}, line {frame.lineno}"


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(_PACKAGE) or not file.startswith((*_LIBRARIES, "<"))


def _shown(file: str) -> str:
    """A course's file bears its name within the course; of other files outside the package the name is enough."""
    path = Path(file)
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE.parent).as_posix()
    return path.name if path.is_absolute() else path.as_posix()
