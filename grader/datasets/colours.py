"""The few colours that stand for all others best: centres of clusters of pixels."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.datasets.arrays import read_npy
from grader.datasets.cifar10 import cifar10, class_called
from grader.datasets.places import data_folder, files_below
from grader.model.errors import DataError

MAX_PIXEL = 256.0  # pixels are divided by this
SAMPLED = 20_000  # pixels that clusters are made from
ROUNDS = 50  # of k-means, at most

Colours = NDArray[np.float64]


def colours(
    count: int = 24,
    images: NDArray[np.uint8] | None = None,
    *,
    of: str | None = None,
    offline: bool = False,
    mirror: str | None = None,
) -> Colours:
    """Cluster centres float64 [count, 3], red, green and blue from 0 to 1.

    With `images` (uint8 [N, 3, H, W]) they are computed from these. Otherwise a .npy file in $GRADE_DATA with `colo` in
    its name and so many centres is read, plain or pickled with objects; where there is none, they are computed from
    the images that `cifar10` loads or, with `offline=True`, makes: of one class alone where `of` names it. Raises
    DataError.
    """
    if images is None:
        folder = None if offline else data_folder()
        found = _read_folder(folder, count) if folder else None
        if found is not None:
            return found
        (pictures, labels), _ = cifar10(offline=offline, often=of, mirror=mirror)
        images = pictures if of is None else pictures[labels == class_called(of)]
    return cluster_colours(images, count)


def _read_folder(folder: Path, count: int) -> Colours | None:
    for path in files_below(folder, "*colo*.npy"):
        for part in _parts(read_npy(path)):
            if part.shape == (count, 3) and part.dtype.kind == "f":
                return part.astype(np.float64)
    return None


def _parts(array: np.ndarray) -> list[np.ndarray]:
    """The array, or the arrays in an array of objects: some copies keep the centres beside their error."""
    return [item for item in array.flat if isinstance(item, np.ndarray)] if array.dtype.hasobject else [array]


def cluster_colours(images: NDArray[np.uint8], count: int) -> Colours:
    """Centres [count, 3] of the images' pixels by k-means from dark to light, the same for the same images.

    Lloyd's rounds from centres that are drawn far apart (Arthur and Vassilvitskii, k-means++, 2007). Raises DataError
    where the images have fewer different colours than asked for.
    """
    rng = np.random.default_rng(0)
    pixels = images.transpose(0, 2, 3, 1).reshape(-1, 3)
    if len(pixels) > SAMPLED:
        pixels = pixels[rng.choice(len(pixels), SAMPLED, replace=False)]
    if not 1 <= count <= len(np.unique(pixels, axis=0)):
        raise DataError(f"colours: {count} can't be told apart in these images; ask for fewer, at least 1")
    points = pixels / MAX_PIXEL
    centres = _first_centres(points, count, rng)
    for _ in range(ROUNDS):
        nearest = _squared_distances(points, centres).argmin(axis=1)
        members = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, points[:, channel], minlength=count) for channel in range(3)], axis=1)
        moved: Colours = np.where(members[:, None] > 0, sums / np.maximum(members, 1)[:, None], centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    from_dark_to_light: NDArray[np.intp] = centres.sum(axis=1).argsort(kind="stable")
    return np.asarray(centres[from_dark_to_light], np.float64)


def _first_centres(points: Colours, count: int, rng: np.random.Generator) -> Colours:
    """Points drawn one after the other, each with a chance as the square of its distance from those before."""
    centres = [points[rng.integers(len(points))]]
    nearest = np.full(len(points), np.inf)
    while len(centres) < count:
        nearest = np.minimum(nearest, _squared_distances(points, centres[-1][None])[:, 0])
        centres.append(points[rng.choice(len(points), p=nearest / nearest.sum())])
    return np.stack(centres)


def _squared_distances(points: Colours, centres: Colours) -> Colours:
    """[points, centres]; summed channel by channel, so that the number of threads changes no bit."""
    channels = ((points[:, None, c] - centres[None, :, c]) ** 2 for c in range(3))
    squared: Colours = next(channels) + next(channels) + next(channels)
    return squared
