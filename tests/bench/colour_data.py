"""Real images for colourization, prepared and labelled by our references."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from grader.probes.probing import defined_with
from tests.bench.real_data import DataFolder
from tests.bench.references import reference
from tests.bench.table import Row, at_most, claim, equal

HORSE = 7
MAX_PIXEL = 256.0
BATCH = 10  # images whose distances from all colours are computed at once; more take longer
ROUNDING = 1e-6  # float32 arithmetic on numbers in 0..1
COLOURS = "colour_kmeans/colours24_plain.npy"
BATCH_2 = "cifar10_batch2_first1028.npz"


@dataclass(frozen=True)
class Horses:
    """Horses of one split: colours [n, 3, 32, 32] and grey [n, 1, 32, 32], float32 in 0..1."""

    pixels: np.ndarray  # [n, 3, 32, 32] uint8, as they are stored
    rgb: Tensor
    grey: Tensor

    def labels(self, colours: np.ndarray) -> Tensor:
        """The nearest of the colours for each pixel, int64 [n, 32, 32], as our get_rgb_cat has it."""
        return torch.from_numpy(categories(self.rgb.numpy(), colours)).long().squeeze(1)


def categories(images: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Our get_rgb_cat, batch after batch: the distances of 5,000 images from all colours take gigabytes."""
    get_rgb_cat = reference("colour/colour_labels")
    batches = np.split(images, range(BATCH, len(images), BATCH))
    return np.concatenate([get_rgb_cat(batch, colours) for batch in batches])


def load_horses(data: DataFolder, split: str) -> Horses:
    """The "train" or the "test" horses; raises MissingDataError."""
    (pixels,) = data.arrays("cifar10_horses_jpeg.npz", split)
    rgb = torch.from_numpy(pixels.astype(np.float32) / np.float32(MAX_PIXEL))
    return Horses(pixels, rgb, rgb.mean(1, keepdim=True))


def load_colours(data: DataFolder) -> np.ndarray:
    """Cluster centres [24, 3], float32 in 0..1; raises MissingDataError."""
    return data.array(COLOURS).astype(np.float32)


def rows(data: DataFolder) -> Iterator[Row]:
    """What our process, get_rgb_cat and get_cat_rgb make of real images, beside plain numpy."""
    process, categories_of = reference("colour/process"), reference("colour/colour_labels")
    pixels, kinds = data.arrays(BATCH_2, "x", "y")
    kept = pixels[kinds == HORSE].astype(np.float64) / MAX_PIXEL
    rgb, grey = (np.asarray(array) for array in process(pixels, kinds))
    yield equal(f"process: horses among {len(kinds)} images", len(rgb), len(kept))
    yield claim("process: they are the horses, scaled to 0..1", in_bytes(rgb) == in_bytes(kept))
    yield at_most("process: grey from the mean over channels", np.abs(grey[:, 0] - rgb.mean(1)).max(), ROUNDING)
    rgb, small = (np.asarray(array) for array in process(pixels, kinds, downsize_input=True))
    blocks = rgb.reshape(len(rgb), 3, 8, 4, 8, 4).mean((3, 5)).repeat(4, axis=2).repeat(4, axis=3)
    yield at_most("process: downsized input from means over 4×4 pixels", np.abs(small - blocks).max(), ROUNDING)

    colours = load_colours(data)
    chosen_colours = categories_of(rgb, colours)
    distances = ((rgb[:, None] - colours[:, :, None, None]) ** 2).sum(2)
    chosen = np.take_along_axis(distances, chosen_colours, axis=1)[:, 0]
    yield at_most("get_rgb_cat: distance of a colour from the nearest one", (chosen - distances.min(1)).max(), ROUNDING)
    painted = np.asarray(defined_with(categories_of, "get_cat_rgb")(chosen_colours, colours))
    error = ((painted - rgb) ** 2).sum(1)
    yield at_most("get_cat_rgb: squared error from the nearest colour's", np.abs(error - chosen).max(), ROUNDING)


def in_bytes(images: np.ndarray) -> list[bytes]:
    """Each image's pixels as they are stored, sorted, so that two shuffles compare equal."""
    return sorted(image.tobytes() for image in (images * MAX_PIXEL).astype(np.uint8))
