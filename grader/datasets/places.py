"""Where data sets are kept: the folder that a person names, and the cache."""

import os
from collections.abc import Iterator
from pathlib import Path

from grader.model.errors import DataError

DEEPEST = 3  # folders below the named one that are looked into: a home directory named by mistake is not searched


def data_folder() -> Path | None:
    """$GRADE_DATA, or None where it is not set; raises DataError where it is no folder."""
    named = os.environ.get("GRADE_DATA")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise DataError(f"GRADE_DATA is {named!r}, which is no folder; name the folder with the data, or unset it")
    return folder


def cache_folder() -> Path:
    """$GRADE_CACHE, else `grader` in the user's cache folder; it may not exist yet."""
    named = os.environ.get("GRADE_CACHE")
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "grader"


def files_below(folder: Path, *patterns: str) -> Iterator[Path]:
    """Files whose names fit one of the patterns, sorted, from the folder itself first."""
    for depth in range(DEEPEST + 1):
        for pattern in patterns:
            yield from sorted(path for path in folder.glob("*/" * depth + pattern) if path.is_file())
