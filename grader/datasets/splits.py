"""Images in .npz files of several layouts, told apart by the arrays' names and shapes.

| arrays | taken as |
|---|---|
| `x_train`, `y_train`, `x_test`, `y_test` | both splits |
| `train`, `test` | both splits without labels |
| `x`, `y` | one split: the test split where the file's name says `test` or `t10k` |
| `x` | the same, without labels |

Images without labels are taken only from a file whose name has `horse` in it: then they are all horses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.datasets.arrays import Layout, npz_layout, read_npz
from grader.datasets.places import files_below
from grader.model.errors import DataError

Split = tuple[NDArray[np.uint8], NDArray[np.int64]]  # images [N, …] and their labels [N]
HORSE = 7
HELD_OUT = 10  # where a folder has no test images, every tenth image is one


@dataclass(frozen=True)
class Part:
    """Images of one split in one file, and their labels; labels None: horses."""

    path: Path
    split: str  # "train" or "test"
    images: str
    labels: str | None


def read_splits(folder: Path, item: tuple[int, ...]) -> tuple[Split, Split] | None:
    """((x_train, y_train), (x_test, y_test)) with images of shape `item`, or None where the folder has none.

    A file with both splits comes before files of one split, and among these such with labels. Raises DataError for
    a file that is broken.
    """
    files = [parts for path in files_below(folder, "*.npz") if (parts := list(_parts(path, item)))]
    whole = [parts for parts in files if len(parts) == 2]
    single = [part for parts in files for part in parts if len(parts) == 1]
    parts = whole[0] if whole else [part for part in single if part.labels] or single
    train = [_read(part) for part in parts if part.split == "train"]
    test = [_read(part) for part in parts if part.split == "test"]
    if not train:
        return None
    return (_joined(train), _joined(test)) if test else _held_out(_joined(train))


def _parts(path: Path, item: tuple[int, ...]) -> Iterator[Part]:
    layout = npz_layout(path)
    images = {name for name, (shape, kind) in layout.items() if shape[1:] == item and kind == np.uint8}
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
        elif "horse" in path.name.lower():
            yield Part(path, split, name, None)


def _labels_fit(layout: Layout, images: str, labels: str) -> bool:
    shape, kind = layout.get(labels, ((), np.dtype(object)))
    return kind.kind in "iu" and shape in ((layout[images][0][0],), (layout[images][0][0], 1))


def _read(part: Part) -> Split:
    images = read_npz(part.path, part.images)[part.images]
    if part.labels is None:
        return images, np.full(len(images), HORSE, dtype=np.int64)
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
