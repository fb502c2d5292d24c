"""A course's own modules that run beside the judge. They are part of the course and trusted, as its rubrics are."""

import types
from pathlib import Path

from grader.model.errors import CourseError


def run_module(path: Path, shown: str) -> types.ModuleType:
    """Execute the module at `path`; errors in it, now and later, are told by its name `shown`.

    Raises CourseError where it does not run.
    """
    module = types.ModuleType(path.stem)
    try:
        exec(compile(path.read_text(encoding="utf-8"), shown, "exec"), vars(module))
    except Exception as error:
        raise CourseError(f"{shown}: {type(error).__name__}: {error}; it must run by itself") from error
    return module
