"""Draw many small images at once: planes of coverage from 0 to 1, and colour laid on by coverage."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def grid(size: int) -> tuple[Floats, Floats]:
    """(across [1, 1, size], down [1, size, 1]): the pixels' middles from 0 to 1."""
    middles = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    return middles[None, None, :], middles[None, :, None]


def each(values: NDArray[np.floating | np.integer | np.bool]) -> Floats:
    """A value for each image [N] as [N, 1, 1]."""
    return values.astype(np.float32)[:, None, None]


def ellipse(across: Floats, down: Floats, radii: tuple[float, float], angle: float, softness: Floats) -> Floats:
    """Coverage [N, H, W] of an ellipse at the middle of these coordinates; its edge is `softness` wide."""
    cosine, sine = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    wide, high = np.float32(radii[0]), np.float32(radii[1])
    far: Floats = np.hypot((across * cosine + down * sine) / wide, (down * cosine - across * sine) / high)
    inside: Floats = (1 - far) * np.float32(min(radii))
    return covered(inside / softness)


def box(across: Floats, down: Floats, radii: tuple[float, float], softness: Floats) -> Floats:
    """Coverage [N, H, W] of a rectangle of twice these sides at the middle of these coordinates."""
    inside: Floats = np.minimum(np.float32(radii[0]) - np.abs(across), np.float32(radii[1]) - np.abs(down))
    return covered(inside / softness)


def covered(pixels: Floats) -> Floats:
    """Coverage from 0 to 1 of what lies so many pixels inside an edge."""
    coverage: Floats = np.clip(pixels + np.float32(0.5), 0, 1)
    return coverage


def lay(images: Floats, colour: Floats, coverage: Floats) -> None:
    """Paint a colour [N, 3] or [N, 3, H, W] over the images [N, 3, H, W], in place, where there is coverage."""
    over = colour if colour.ndim == 4 else colour[:, :, None, None]
    images += coverage[:, None] * (over - images)


def patches(rng: np.random.Generator, count: int, size: int, cells: int) -> Floats:
    """Smooth noise [count, size, size] from -1 to 1 that varies over 1/cells of a side."""
    coarse = rng.uniform(-1, 1, (count, cells + 1, cells + 1)).astype(np.float32)
    place = np.linspace(0, cells, size, endpoint=False, dtype=np.float32)
    low = place.astype(int)
    part = place - low
    rows = coarse[:, low] * (1 - part)[:, None] + coarse[:, low + 1] * part[:, None]
    smooth: Floats = rows[:, :, low] * (1 - part) + rows[:, :, low + 1] * part
    return smooth


def to_bytes(images: Floats) -> NDArray[np.uint8]:
    """Brightness from 0 to 1 as pixels from 0 to 255."""
    return (np.clip(images, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
