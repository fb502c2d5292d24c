"""Images in .npz files of several layouts, told apart by the arrays' names and shapes.

| arrays | taken as |
|---|---|
| x_train, y_train, x_test, y_test | both splits |
| train, test | both splits without labels |
| x, y | one split: the test split where the file's name says `test` or `t10k` |
| x | the same, without labels |

Images without labels are taken only from a file whose name has the name of a class in it: then all are of that class.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.datasets.arrays import Layout, npz_layout, read_npz
from grader.datasets.places import files_below
from grader.model.errors import DataError

Split = tuple[NDArray[np.uint8], NDArray[np.int64]]  # images [N, …] and their labels [N]
HELD_OUT = 10  # where a folder has no test images, every tenth image is one


@dataclass(frozen=True)
class Part:
    """Images of one split in one file, and their labels: the array's name, or the class that all of them are of."""

    path: Path
    split: str  # "train" or "test"
    images: str
    labels: str | int


def read_splits(folder: Path, item: tuple[int, ...], classes: Sequence[str] = ()) -> tuple[Split, Split] | None:
    """((x_train, y_train), (x_test, y_test)) with images of shape `item`, or None where the folder has none.

    A file with both splits comes before files of one split, and among these such with labels. `classes` are those that
    a file may be named after. Raises DataError for a file that is broken.
    """
    files = [parts for path in files_below(folder, "*.npz") if (parts := list(_parts(path, item, classes)))]
    whole = [parts for parts in files if len(parts) == 2]
    single = [part for parts in files for part in parts if len(parts) == 1]
    parts = whole[0] if whole else [part for part in single if isinstance(part.labels, str)] or single
    train = [_read(part) for part in parts if part.split == "train"]
    test = [_read(part) for part in parts if part.split == "test"]
    if not train:
        return None
    return (_joined(train), _joined(test)) if test else _held_out(_joined(train))


def _parts(path: Path, item: tuple[int, ...], classes: Sequence[str]) -> Iterator[Part]:
    layout = npz_layout(path)
    images = {name for name, (shape, kind) in layout.items() if shape[1:] == item and kind == np.uint8}
    of_class = _class_in(path.name.lower(), classes)
    alone = "test" if "test" in path.name or "t10k" in path.name else "train"
    for name, labels, split in (
        ("x_train", "y_train", "train"),
        ("x_test", "y_test", "test"),
        ("train", None, "train"),
        ("test", None, "test"),
        ("x", "y", alone),
    ):
        if name not in images:
            continue
        if labels is not None and _labels_fit(layout, name, labels):
            yield Part(path, split, name, labels)
        elif of_class is not None:
            yield Part(path, split, name, of_class)


def _class_in(name: str, classes: Sequence[str]) -> int | None:
    """The class that a file is named after: "truck" in "my_trucks.npz"."""
    named = (label for label, class_ in enumerate(classes) if re.search(rf"(?<![a-z]){class_}s?(?![a-z])", name))
    return next(named, None)


def _labels_fit(layout: Layout, images: str, labels: str) -> bool:
    shape, kind = layout.get(labels, ((), np.dtype(object)))
    return kind.kind in "iu" and shape in ((layout[images][0][0],), (layout[images][0][0], 1))


def _read(part: Part) -> Split:
    images = read_npz(part.path, part.images)[part.images]
    if isinstance(part.labels, int):
        return images, np.full(len(images), part.labels, dtype=np.int64)
    return images, read_npz(part.path, part.labels)[part.labels].reshape(-1).astype(np.int64)


def _joined(parts: Sequence[Split]) -> Split:
    return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])


def _held_out(split: Split) -> tuple[Split, Split]:
    images, labels = split
    if len(images) < 2:
        raise DataError("a data set of one image has nothing to hold out for tests; put more images into GRADE_DATA")
    test = np.arange(len(images)) % HELD_OUT == HELD_OUT - 1
    test[-1] = True
    return (images[~test], labels[~test]), (images[test], labels[test])
