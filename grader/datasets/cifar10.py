"""CIFAR-10: 60,000 photographs of 32×32 pixels in 10 classes."""

import tarfile
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import numpy as np

from grader.datasets.download import fetch
from grader.datasets.places import data_folder, files_below
from grader.datasets.sources import CIFAR10
from grader.datasets.splits import Split, read_splits
from grader.datasets.standins.pictures import NAMES, make_pictures
from grader.model.errors import DataError

IMAGE = (3, 32, 32)
CLASSES = 10
RECORD = 1 + 3 * 32 * 32  # bytes: the class, then the red, green and blue plane
STANDINS = {"train": 5000, "test": 1000}


def cifar10(*, offline: bool = False, often: str | None = None, mirror: str | None = None) -> tuple[Split, Split]:
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 3, 32, 32], labels int64 [N] from 0 to 9.

    From $GRADE_DATA, else from the cache or `mirror` (the URL of a folder with cifar-10-binary.tar.gz). `offline=True`
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
    for test in files_below(folder, "test_batch.bin"):
        if batches := sorted(test.parent.glob("data_batch_[1-5].bin")):
            return _joined(_read_file(path) for path in batches), _read_file(test)
    return read_splits(folder, IMAGE, NAMES)


def read_archive(path: Path) -> tuple[Split, Split]:
    """Both splits from cifar-10-binary.tar.gz, of which nothing is unpacked to disk. Raises DataError."""
    batches: dict[str, Split] = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                stream = archive.extractfile(member) if fnmatch(name, "*_batch*.bin") else None
                if stream:
                    batches[name] = _read_batch(stream.read(), f"{path}, {name}")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{path}: is no whole .tar.gz ({error}); get the file again") from error
    test = batches.pop("test_batch.bin", None)
    if test is None or not batches:
        raise DataError(f"{path}: holds no data_batch_1.bin and test_batch.bin; get {CIFAR10.name} again")
    return _joined(batches[name] for name in sorted(batches)), test


def _read_file(path: Path) -> Split:
    return _read_batch(path.read_bytes(), str(path))


def _read_batch(content: bytes, shown_as: str) -> Split:
    """A batch: records of one byte for the class and 3,072 for the image."""
    if content and len(content) % RECORD == 0:
        records = np.frombuffer(bytearray(content), np.uint8).reshape(-1, RECORD)
        if records[:, 0].max() < CLASSES:
            return records[:, 1:].reshape(-1, *IMAGE), records[:, 0].astype(np.int64)
    raise DataError(
        f"{shown_as}: is no batch of CIFAR-10, with {RECORD:,} bytes for each image, the first below {CLASSES}; "
        "get the file again"
    )


def _joined(batches: Iterable[Split]) -> Split:
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)
