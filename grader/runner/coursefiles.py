"""Files of the course that student code opens: weights, texts. They are found whatever folder the code looks in."""

import builtins
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WRITES = frozenset("wax+")


@contextmanager
def course_files(files: Mapping[str, Path]) -> Iterator[None]:
    """While this lasts, a file of one of these names that is opened for reading is the one given here.

    Code says `/content/drive/weights.npz` or `../data/weights.npz`, after the machine it was written on. A file that
    is opened for writing, or by number, is left alone.
    """
    if not files:
        yield
        return
    original = builtins.open

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, str | os.PathLike) and not _WRITES.intersection(mode):
            file = files.get(Path(os.fsdecode(file)).name, file)
        return original(file, mode, *args, **kwargs)

    builtins.open = opened
    io.open = opened
    try:
        yield
    finally:
        builtins.open = original
        io.open = original
