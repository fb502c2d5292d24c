"""The 17 Oxford flowers, photographs with masks that say which pixels are flower.

The masks are images with a palette. Each pixel is flower (dark red), background (a green or an olive, depending on the
file) or, in black, a border where the people who drew them could not tell.
"""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grader.datasets.download import fetch
from grader.datasets.places import data_folder, files_below
from grader.datasets.sources import FLOWER_MASKS, FLOWERS
from grader.datasets.standins.blossoms import make_blossoms
from grader.model.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

Photographs = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images [N, 3, S, S] and masks [N, S, S], 1 where flower
FLOWER = (128, 0, 0)
STANDINS = 160


def flowers(size: int = 128, *, offline: bool = False, mirror: str | None = None) -> Photographs:
    """(images, masks): uint8 [N, 3, size, size] and uint8 [N, size, size], 1 where there is flower, else 0.

    Each photograph that has a mask, squeezed into a square. From $GRADE_DATA, else from the cache or `mirror` (the URL
    of a folder with 17flowers.tgz and trimaps.tgz). `offline=True` makes 160 stand-ins. Raises DataError where nothing
    can be had, a file is broken, or Pillow is not installed.
    """
    if size < 1:
        raise DataError(f"flowers: size is {size}; give the pixels of a side, 1 or more")
    if offline:
        return make_blossoms(STANDINS, size, seed=1)
    _need_pillow()
    folder = data_folder()
    found = _read_folder(folder, size) if folder else None
    return found or _read_archives(fetch(FLOWERS, mirror), fetch(FLOWER_MASKS, mirror), size)


def _read_folder(folder: Path, size: int) -> Photographs | None:
    """The published archives, or images and masks as files of the same name; None where there are none."""
    archives = [next(files_below(folder, source.name), None) for source in (FLOWERS, FLOWER_MASKS)]
    if archives[0] and archives[1]:
        return _read_archives(archives[0], archives[1], size)
    masks = {_key(path.stem): path for path in files_below(folder, "*.png")}
    photographs = {_key(path.stem): path for path in files_below(folder, "*.jpg")}
    pairs = sorted(masks.keys() & photographs.keys())
    if not pairs:
        return None
    return _prepared(((photographs[p].read_bytes(), masks[p].read_bytes(), photographs[p].name) for p in pairs), size)


def _key(stem: str) -> str:
    """What an image and its mask have in common: the folders of some copies have become part of the name."""
    return stem.removeprefix("images_").removeprefix("ground_truths_")


def _read_archives(photographs: Path, masks: Path, size: int) -> Photographs:
    drawn = dict(_members(masks, ".png"))
    pairs = ((content, drawn[stem], f"{stem}.jpg") for stem, content in _members(photographs, ".jpg") if stem in drawn)
    return _prepared(pairs, size)


def _members(path: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    """The stem and the content of each such file in a .tgz, of which nothing is unpacked to disk."""
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                file = archive.extractfile(member) if name.suffix == suffix else None
                if file:
                    yield name.stem, file.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{path}: is no whole .tgz ({error}); remove it, or get it again") from error


def _prepared(pairs: Iterator[tuple[bytes, bytes, str]], size: int) -> Photographs:
    from PIL.Image import Resampling

    images, masks = [], []
    for photograph, mask, name in pairs:
        image = _opened(photograph, name).resize((size, size), Resampling.BILINEAR)
        drawn = _opened(mask, f"the mask of {name}").resize((size, size), Resampling.NEAREST)
        images.append(np.asarray(image).transpose(2, 0, 1))
        masks.append((np.asarray(drawn) == FLOWER).all(axis=2).astype(np.uint8))
    if not images:
        raise DataError("no flower has both a photograph and a mask; get 17flowers.tgz and trimaps.tgz again")
    return np.stack(images), np.stack(masks)


def _need_pillow() -> None:
    """Raise DataError before anything is downloaded that could not be read."""
    try:
        import PIL.Image  # noqa: F401
    except ModuleNotFoundError as error:
        raise DataError("flowers are read with Pillow, which is not installed; run: pip install pillow") from error


def _opened(content: bytes, name: str) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(content)).convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise DataError(f"flowers: {name} is no whole image; get it again, or move it away") from error
