"""Files of the course that student code opens: weights, texts. They are found whatever folder the code looks in."""

import builtins
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

_WRITES = frozenset("wax+")
_BINARY = (".npy", ".npz", ".pkl", ".pickle")


@contextmanager
def course_files(files: Mapping[str, Path]) -> Iterator[None]:
    """While this lasts, a file of one of these names that is opened for reading is the one given here.

    Code says `/content/drive/weights.npz` or `../data/weights.npz`, after the machine it was written on. A file that
    is opened for writing, or by number, is left alone. Code for Python 2 opens arrays as text, and older numpy loaded
    object arrays unasked: both work here.
    """
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
    builtins.open = opened
    io.open = opened
    np.load = loaded  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.open = original
        io.open = original
        np.load = original_load
