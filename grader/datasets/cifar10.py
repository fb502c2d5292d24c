"""CIFAR-10: 60,000 photographs of 32×32 pixels in 10 classes."""

import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from grader.datasets.download import fetch
from grader.datasets.pickles import read_pickle
from grader.datasets.places import data_folder, files_below
from grader.datasets.sources import CIFAR10
from grader.datasets.splits import Split, read_splits
from grader.datasets.standins.pictures import NAMES, make_pictures
from grader.model.errors import DataError

IMAGE = (3, 32, 32)
CLASSES = 10
STANDINS = {"train": 5000, "test": 1000}


def cifar10(*, offline: bool = False, often: str | None = None, mirror: str | None = None) -> tuple[Split, Split]:
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 3, 32, 32], labels int64 [N] from 0 to 9.

    From $GRADE_DATA, else from the cache or `mirror` (the URL of a folder with cifar-10-python.tar.gz). `offline=True`
    makes 6,000 stand-ins, half of them of the class that `often` names: "truck". Raises DataError where nothing can be
    had, a file is broken, or there is no such class.
    """
    if offline:
        label = None if often is None else class_called(often)
        return make_pictures(STANDINS["train"], 1, label), make_pictures(STANDINS["test"], 2, label)
    folder = data_folder()
    found = _read_folder(folder) if folder else None
    return found or read_archive(fetch(CIFAR10, mirror))


def class_called(name: str) -> int:
    """The label of a class; raises DataError."""
    if name not in NAMES:
        raise DataError(f"{name!r} is no class of CIFAR-10; name one of {', '.join(NAMES)}")
    return NAMES.index(name)


def _read_folder(folder: Path) -> tuple[Split, Split] | None:
    """The published archive, or its batches, or images in .npz files; None where there is none of them."""
    for archive in files_below(folder, CIFAR10.name):
        return read_archive(archive)
    for test in files_below(folder, "test_batch"):
        if batches := sorted(test.parent.glob("data_batch_[1-5]")):
            return _joined(_read_file(path) for path in batches), _read_file(test)
    return read_splits(folder, IMAGE, NAMES)


def read_archive(path: Path) -> tuple[Split, Split]:
    """Both splits from cifar-10-python.tar.gz, of which nothing is unpacked to disk. Raises DataError."""
    batches: dict[str, Split] = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                content = (
                    archive.extractfile(member) if name == "test_batch" or name.startswith("data_batch_") else None
                )
                if content:
                    batches[name] = _read_batch(content, f"{path}, {name}")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{path}: is no whole .tar.gz ({error}); get the file again") from error
    test = batches.pop("test_batch", None)
    if test is None or not batches:
        raise DataError(f"{path}: holds no data_batch_1 and test_batch; get cifar-10-python.tar.gz again")
    return _joined(batches[name] for name in sorted(batches)), test


def _read_file(path: Path) -> Split:
    with path.open("rb") as stream:
        return _read_batch(stream, str(path))


def _read_batch(stream: IO[bytes], shown_as: str) -> Split:
    """A batch: a pickled dict whose b"data" is uint8 [N, 3072] (red, green, blue planes) and b"labels" a list."""
    batch = read_pickle(stream, shown_as)
    named = batch if isinstance(batch, dict) else {}
    match named.get(b"data", named.get("data")), named.get(b"labels", named.get("labels")):
        case np.ndarray(dtype=np.uint8, shape=(count, 3072)) as data, list() as labels if _are_classes(labels, count):
            return data.reshape(-1, *IMAGE), np.array(labels, dtype=np.int64)
    raise DataError(f"{shown_as}: is no batch of CIFAR-10, with 'data' [N, 3072] and N 'labels'; get the file again")


def _are_classes(labels: list[object], count: int) -> bool:
    return len(labels) == count and all(isinstance(label, int) and 0 <= label < CLASSES for label in labels)


def _joined(batches: Iterable[Split]) -> Split:
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)
