"""Digits drawn with a pen: white strokes on black, 28×28 pixels, with a shaky hand."""

import numpy as np
from numpy.typing import NDArray

from grader.datasets.standins.drawing import Floats, covered, each, grid, to_bytes

SIZE = 28
CHUNK = 250  # digits drawn at a time: they fit into a processor's cache
SHAKE = 0.025  # of the image's side, each point of a stroke
BOX = 0.62  # the digit's height as part of the image's, before it is scaled

Point = tuple[float, float]
# Strokes through points (across, down) from 0 to 1; their corners are rounded.
STROKES: tuple[tuple[tuple[Point, ...], ...], ...] = (
    (((0.5, 0.0), (0.15, 0.15), (0.1, 0.5), (0.2, 0.9), (0.5, 1.0), (0.85, 0.85), (0.9, 0.5), (0.8, 0.1), (0.5, 0.0)),),
    (((0.3, 0.2), (0.52, 0.0), (0.5, 0.5), (0.5, 1.0)),),
    (((0.15, 0.25), (0.3, 0.0), (0.75, 0.0), (0.85, 0.35), (0.5, 0.65), (0.12, 1.0), (0.9, 1.0)),),
    (
        (
            (0.15, 0.1),
            (0.5, 0.0),
            (0.85, 0.2),
            (0.65, 0.45),
            (0.4, 0.48),
            (0.75, 0.52),
            (0.9, 0.8),
            (0.5, 1.0),
            (0.1, 0.9),
        ),
    ),
    (((0.55, 0.0), (0.1, 0.6), (0.5, 0.62), (0.95, 0.6)), ((0.7, 0.3), (0.68, 0.65), (0.66, 1.0))),
    (((0.85, 0.0), (0.3, 0.0), (0.2, 0.45), (0.6, 0.4), (0.9, 0.65), (0.7, 1.0), (0.1, 0.95)),),
    (((0.7, 0.0), (0.3, 0.3), (0.12, 0.7), (0.3, 1.0), (0.75, 1.0), (0.85, 0.7), (0.5, 0.5), (0.18, 0.7)),),
    (((0.1, 0.02), (0.5, 0.0), (0.9, 0.0), (0.55, 0.55), (0.4, 1.0)),),
    (
        ((0.5, 0.0), (0.2, 0.05), (0.2, 0.4), (0.5, 0.46), (0.8, 0.4), (0.8, 0.05), (0.5, 0.0)),
        ((0.5, 0.46), (0.12, 0.55), (0.12, 0.95), (0.5, 1.0), (0.88, 0.95), (0.88, 0.55), (0.5, 0.46)),
    ),
    (((0.82, 0.25), (0.5, 0.5), (0.15, 0.35), (0.25, 0.0), (0.7, 0.0), (0.85, 0.25), (0.8, 0.6), (0.6, 1.0)),),
)


def make_digits(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 [count, 28, 28] and labels int64 [count] from 0 to 9, each about equally often."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(STROKES), count)
    images = np.empty((count, SIZE, SIZE), np.uint8)
    for label, strokes in enumerate(STROKES):
        (places,) = np.nonzero(labels == label)
        for chunk in np.split(places, range(CHUNK, len(places), CHUNK)):
            images[chunk] = to_bytes(_draw(strokes, len(chunk), rng))
    return images, labels


def _draw(strokes: tuple[tuple[Point, ...], ...], count: int, rng: np.random.Generator) -> Floats:
    """[count, 28, 28]: the digit with its points shaken, slanted, stretched and moved."""
    slant, turn = each(rng.uniform(-0.05, 0.4, count)), each(rng.normal(0, 0.08, count))
    wide, high = (each(rng.uniform(low, 1.05, count)) for low in (0.6, 0.85))
    move = rng.uniform(-0.04, 0.04, (count, 1, 2)).astype(np.float32)
    radius = each(rng.uniform(0.03, 0.055, count))
    nearest = np.full((count, SIZE, SIZE), np.inf, np.float32)
    for stroke in strokes:
        points = np.array(stroke, np.float32) + rng.normal(0, SHAKE, (count, len(stroke), 2)).astype(np.float32)
        across, down = (points[..., :1] - 0.5) * wide, (points[..., 1:] - 0.5) * high
        across, down = across - slant * down + turn * down, down - turn * across
        path = _rounded(np.concatenate([across, down], axis=2) * np.float32(BOX) + np.float32(0.5) + move)
        for i in range(path.shape[1] - 1):
            np.minimum(nearest, _squared_distance(path[:, i], path[:, i + 1]), out=nearest)
    return covered((radius - np.sqrt(nearest)) * np.float32(SIZE * 0.8))


def _rounded(path: Floats) -> Floats:
    """The path [N, P, 2] with its corners cut once (Chaikin, 1974): two points for each side, and both ends."""
    start, end = path[:, :-1], path[:, 1:]
    cut = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=2).reshape(
        len(path), 2 * path.shape[1] - 2, 2
    )
    return np.concatenate([path[:, :1], cut[:, 1:-1], path[:, -1:]], axis=1)


def _squared_distance(start: Floats, end: Floats) -> Floats:
    """[N, 28, 28]: of each pixel from the line between two points [N, 2] each."""
    across, down = grid(SIZE)
    towards = end - start
    along_x, along_y = each(towards[:, 0]), each(towards[:, 1])
    from_x, from_y = across - each(start[:, 0]), down - each(start[:, 1])
    length = np.maximum(along_x**2 + along_y**2, np.float32(1e-8))
    share = np.clip((from_x * along_x + from_y * along_y) / length, 0, 1)
    squared: Floats = (from_x - share * along_x) ** 2 + (from_y - share * along_y) ** 2
    return squared
