"""Notebooks of other graders, read from disk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from grader.model.errors import CourseError

_read: Callable[..., Any] = nbformat.read  # nbformat has no type annotations
_GENERATED = frozenset({".ipynb_checkpoints", "dist", "release"})  # folders of copies


def notebooks_in(folder: Path) -> Iterator[tuple[Path, list[Any]]]:
    """Each notebook below `folder` with its cells; raises CourseError where one cannot be read."""
    for path in sorted(folder.rglob("*.ipynb")):
        if _GENERATED.isdisjoint(path.relative_to(folder).parts):
            try:
                yield path, list(_read(path, as_version=4).cells)
            except (OSError, ValueError, AttributeError, nbformat.reader.NotJSONError) as error:
                what = " ".join(str(error).split())[:200]
                raise CourseError(f"{path}: cannot be read as a notebook ({what}); repair or remove it") from None
