"""MNIST: 70,000 handwritten digits of 28×28 pixels, in files of the IDX format.

An IDX file is two zero bytes, the type (8: unsigned bytes), the number of dimensions, each dimension as a big-endian
32-bit number, and the values. The digits' publisher describes it.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.datasets.download import fetch
from grader.datasets.places import data_folder, files_below
from grader.datasets.sources import MNIST
from grader.datasets.splits import Split, read_splits
from grader.datasets.standins.digits import make_digits
from grader.model.errors import DataError

IMAGE = (28, 28)
UNSIGNED_BYTES = 8
STANDINS = {"train": 5000, "test": 1000}


def mnist(*, offline: bool = False, mirror: str | None = None) -> tuple[Split, Split]:
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 28, 28], white on black, labels int64 [N] from 0 to 9.

    From $GRADE_DATA, else from the cache or `mirror` (the URL of a folder with the four files). `offline=True` makes
    6,000 stand-ins. Raises DataError where nothing can be had or a file is broken.
    """
    if offline:
        return make_digits(STANDINS["train"], seed=1), make_digits(STANDINS["test"], seed=2)
    folder = data_folder()
    found = _read_folder(folder) if folder else None
    return found or _read({part: fetch(source, mirror) for part, source in MNIST.items()})


def _read_folder(folder: Path) -> tuple[Split, Split] | None:
    """The four files, compressed or not, or digits in .npz files; None where there are none."""
    files: dict[str, Path] = {}
    for part, source in MNIST.items():
        plain = source.name.removesuffix(".gz")
        for path in files_below(folder, source.name, plain, plain.replace("-idx", ".idx")):
            files.setdefault(part, path)
    return _read(files) if len(files) == len(MNIST) else read_splits(folder, IMAGE)


def _read(files: dict[str, Path]) -> tuple[Split, Split]:
    train, test = ((read_idx(files[f"x_{split}"]), read_idx(files[f"y_{split}"])) for split in ("train", "test"))
    for (images, labels), split in ((train, "train"), (test, "test")):
        if images.shape[1:] != IMAGE or labels.shape != images.shape[:1]:
            raise DataError(
                f"{files[f'x_{split}']}: has the shape {images.shape} and its labels {labels.shape}; expected "
                "[N, 28, 28] and [N]: get both files again"
            )
    return (train[0], train[1].astype(np.int64)), (test[0], test[1].astype(np.int64))


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array of an IDX file of unsigned bytes, gzip or plain. Raises DataError where the file is no such thing."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        zeros, kind, dimensions = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{dimensions}I", content, 4)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise DataError(f"{path}: is no IDX file ({error}); get the file again") from error
    values = content[4 + 4 * dimensions :]
    if zeros != 0 or kind != UNSIGNED_BYTES or len(values) != math.prod(shape):
        raise DataError(f"{path}: is no whole IDX file of unsigned bytes; get the file again")
    return np.frombuffer(bytearray(values), np.uint8).reshape(shape)
