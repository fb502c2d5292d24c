"""Blossoms among leaves, with masks of the blossoms: for segmentation without photographs."""

import numpy as np
from numpy.typing import NDArray

from grader.datasets.standins.drawing import Floats, covered, each, grid, lay, patches, to_bytes

CHUNK = 16  # images drawn at a time
PETALS = (
    (0.86, 0.16, 0.2),
    (0.95, 0.8, 0.12),
    (0.62, 0.3, 0.75),
    (0.95, 0.55, 0.7),
    (0.93, 0.93, 0.9),
    (0.95, 0.5, 0.1),
)
LEAVES = ((0.1, 0.26, 0.08), (0.2, 0.42, 0.14), (0.32, 0.38, 0.16))
LEAVES_IN_IMAGE = 6


def make_blossoms(count: int, size: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images uint8 [count, 3, size, size] and masks uint8 [count, size, size], 1 where there is a blossom, else 0."""
    rng = np.random.default_rng(seed)
    images, masks = np.empty((count, 3, size, size), np.uint8), np.empty((count, size, size), np.uint8)
    for chunk in np.split(np.arange(count), range(CHUNK, count, CHUNK)):
        drawn, coverage = _draw(len(chunk), size, rng)
        images[chunk], masks[chunk] = to_bytes(drawn), coverage > 0.5
    return images, masks


def _draw(count: int, size: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """(images [N, 3, S, S], coverage of the blossoms [N, S, S])."""
    sun = rng.uniform(0.6, 2.0, (count, 1)).astype(np.float32)
    images = (_one_of(LEAVES, count, rng) * sun)[:, :, None, None] * (
        1 + np.float32(0.5) * patches(rng, count, size, 6)[:, None]
    )
    for _ in range(LEAVES_IN_IMAGE):
        leaf, _ = _star(rng, count, size, (0.08, 0.3), (2, 2), 0.7)
        tone = _one_of(LEAVES, count, rng)
        lay(images, tone * sun * rng.uniform(0.7, 1.3, (count, 1)).astype(np.float32), leaf)
    blossoms = np.zeros((count, size, size), np.float32)
    for chance in (1.0, 0.4):  # one, and now and then a second
        there = each(rng.random(count) < chance)
        petals, far = _star(rng, count, size, (0.15, 0.34), (4, 8), 0.3)
        tone = _one_of(PETALS, count, rng)
        shade = (np.float32(1.1) - np.float32(0.35) * far + np.float32(0.1) * patches(rng, count, size, 8))[:, None]
        lay(images, tone[:, :, None, None] * shade, petals * there)
        lay(images, np.tile(np.array((0.75, 0.55, 0.1), np.float32), (count, 1)), np.float32(far < 0.25) * there)
        blossoms = np.maximum(blossoms, petals * there)
    grain = np.float32(0.02) * rng.standard_normal(images.shape, np.float32)
    return images + grain, blossoms


def _star(
    rng: np.random.Generator, count: int, size: int, radii: tuple[float, float], points: tuple[int, int], depth: float
) -> tuple[Floats, Floats]:
    """(coverage, distance from the middle in radii), both [N, S, S], of a disc with lobes, `points` of them."""
    across, down = grid(size)
    from_x = across - each(rng.uniform(0.2, 0.8, count))
    from_y = down - each(rng.uniform(0.2, 0.8, count))
    radius = each(rng.uniform(*radii, count))
    far = np.hypot(from_x, from_y) / radius
    lobes = np.cos(
        each(rng.integers(*points, count, endpoint=True)) * np.arctan2(from_y, from_x)
        + each(rng.uniform(0, 2 * np.pi, count))
    )
    edge = 1 - np.float32(depth) * (np.float32(0.5) - np.float32(0.5) * lobes)
    return covered((edge - far) * radius * np.float32(size)), far


def _one_of(colours: tuple[tuple[float, float, float], ...], count: int, rng: np.random.Generator) -> Floats:
    """One of the colours for each image: [count, 3]."""
    return np.array(colours, np.float32)[rng.integers(0, len(colours), count)]
