"""Where student code is: file, cell and line of an exception, and whether it is a student who imports."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType

from grader.model.errors import CannotTell, Unusable

_MAX_MESSAGE = 500
_SAID_BY_PROBES = (Unusable.__name__, CannotTell.__name__)
_OWN = str(Path(__file__).parents[1])  # frames of the grader itself: a finder, a probe that imports
_IMPORTLIB = str(Path("importlib", "__init__.py"))
_student_files: set[str] = set()  # as compiled: "models/net.py", "week3.ipynb, cell 7"


def student_file(path: str, label: str) -> str:
    """The file name to compile a cell with, so that `locate` knows it again."""
    name = f"{path}, {label}" if label else path
    _student_files.add(name)
    return name


def locate(raised: BaseException | TracebackType | None) -> str:
    """The innermost line of student code, as "week3.ipynb, cell 7, line 12, in forward"; "" without any."""
    if isinstance(raised, SyntaxError) and raised.filename in _student_files:
        return f"{raised.filename}, line {raised.lineno}"
    where = ""
    for frame, line in walk_tb(raised.__traceback__ if isinstance(raised, BaseException) else raised):
        code = frame.f_code
        if code.co_filename in _student_files:
            inside = "" if code.co_name == "<module>" else f", in {code.co_name}"
            where = f"{code.co_filename}, line {line}{inside}"
    return where


def imported_by_student(*, looking_for_attribute: bool) -> bool:
    """Called by a finder: is the running `import` statement in student code?
    `from package import name` looks for a submodule where the package has no such attribute; that counts only with
    `looking_for_attribute`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name in _student_files:
            return True
        if frame.f_code.co_name == "_handle_fromlist" and not looking_for_attribute:
            return False
        machinery = name.startswith("<frozen importlib") or name.endswith(_IMPORTLIB)
        if not machinery and not name.startswith(_OWN):
            return False
        frame = frame.f_back
    return False


def describe(raised: BaseException) -> dict[str, str]:
    """Type, message and place of an exception, each in one line."""
    try:
        message = " ".join(str(raised).split())
    except Exception as error:  # a student's own __str__
        message = f"(its message cannot be shown: {type(error).__name__})"
    if isinstance(raised, SyntaxError):
        message = str(raised.msg)
    where = locate(raised)
    return {"type": type_of(raised, where), "message": message[:_MAX_MESSAGE], "where": where}


def type_of(error: BaseException, located: str) -> str:
    """The name of an error's type. What a probe says has names of its own, which no student's error can take."""
    name = type(error).__name__
    if name not in _SAID_BY_PROBES or (type(error) in (Unusable, CannotTell) and not located):
        return name
    return f"{type(error).__module__}.{name}"


def failure_notes(errors: Sequence[BaseException], failures: Mapping[int, BaseException]) -> list[str]:
    """One line for each piece of code that could not be read or executed."""
    described = [describe(error) for error in [*errors, *(failures[position] for position in sorted(failures))]]
    return [f"{d['where']}: {d['type']}: {d['message']}" for d in described]
