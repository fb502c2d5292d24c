"""Read .npy and .npz files without running anything that stands in them."""

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from grader.datasets.pickles import array_from, read_pickle
from grader.model.errors import DataError

Layout = dict[str, tuple[tuple[int, ...], np.dtype[Any]]]  # each array's shape and type, by its name


def read_npy(path: Path) -> np.ndarray:
    """The array of an .npy file; one of objects through the reader of plain pickles. Raises DataError."""
    try:
        with path.open("rb") as stream:
            return _read(stream, str(path))
    except (ValueError, OSError, MemoryError) as error:
        raise _broken(path, error) from error


def read_npz(file: str | Path, *names: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz file, or these of them; those of objects as in read_npy. Raises DataError."""
    path = Path(file)
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _member(archive, path, name) for name in names or _names(archive)}
    except (ValueError, OSError, MemoryError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _broken(path, error) from error


def npz_layout(path: Path) -> Layout:
    """What an .npz file holds, from the arrays' headers alone. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as archive:
            layout: Layout = {}
            for name in _names(archive):
                with archive.open(f"{name}.npy") as stream:
                    shape, _, kind = _header(stream)
                layout[name] = shape, kind
            return layout
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise _broken(path, error) from error


def _names(archive: zipfile.ZipFile) -> list[str]:
    return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]


def _member(archive: zipfile.ZipFile, path: Path, name: str) -> np.ndarray:
    with archive.open(f"{name}.npy") as stream:
        return _read(stream, f"{path}, array {name!r}")


def _read(stream: IO[bytes], shown_as: str) -> np.ndarray:
    shape, fortran, kind = _header(stream)
    if not kind.hasobject:
        return array_from(stream.read(), kind, shape, fortran)
    array = read_pickle(stream, shown_as)
    if not isinstance(array, np.ndarray) or array.size != math.prod(shape):
        raise ValueError("it does not hold the array that its header announces")
    return array.reshape(shape)


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(stream)
    raise ValueError(f"version {version} of the format is not read")


def _broken(path: Path, error: Exception) -> DataError:
    line = " ".join(str(error).split())[:120] or type(error).__name__
    return DataError(f"{path}: can't be read as arrays ({line}); get the file again, or move it away")
