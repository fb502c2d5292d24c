"""Small colour pictures in CIFAR-10's classes: a thing in a landscape, where there are no photographs.

A pixel's colour follows from where it is, how bright it is and what shape it belongs to: sky above and grass or sand
below the horizon, a dim sky red, a bright coat cream and a dark one brown. A network that sees grey images can learn
it, though not all of it: automobiles and trucks come in any colour.
"""

import numpy as np
from numpy.typing import NDArray

from grader.datasets.standins.drawing import Floats, box, covered, each, ellipse, grid, lay, patches, to_bytes
from grader.datasets.standins.shapes import COATS, GROUNDS, THINGS, Thing

SIZE = 32
NAMES = tuple(thing.name for thing in THINGS)
OFTEN = 0.5  # share of a class that is wanted often
CHUNK = 250  # pictures drawn at a time: they fit into a processor's cache
DUSK = 0.25  # share of the skies


def make_pictures(count: int, seed: int, often: int | None = None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 [count, 3, 32, 32] and labels int64 [count] from 0 to 9; half of them `often` where it is given."""
    rng = np.random.default_rng(seed)
    is_often, labels = rng.random(count) < OFTEN, rng.integers(0, len(THINGS), count)
    if often is not None:
        labels = np.where(is_often, often, labels)
    images = np.empty((count, 3, SIZE, SIZE), np.uint8)
    for label, thing in enumerate(THINGS):
        (places,) = np.nonzero(labels == label)
        for chunk in np.split(places, range(CHUNK, len(places), CHUNK)):
            images[chunk] = to_bytes(_draw(thing, len(chunk), rng))
    return images, labels


def _draw(thing: Thing, count: int, rng: np.random.Generator) -> Floats:
    horizon = rng.uniform(0.35, 0.6, count)
    images = _sky(count, rng)
    _lay_ground(images, thing.grounds, horizon, rng)
    _lay_thing(images, thing, horizon, rng)
    grain = rng.normal(0, 0.015, (count, 1, SIZE, SIZE)).astype(np.float32)
    light = rng.uniform(0.85, 1.1, (count, 1, 1, 1)).astype(np.float32)
    return images * light + grain


def _sky(count: int, rng: np.random.Generator) -> Floats:
    """[count, 3, 32, 32]: blue and paler further down, with white clouds; or dim and red, at dusk."""
    _, down = grid(SIZE)
    dusk = (rng.random(count) < DUSK)[:, None]
    high = np.where(dusk, (0.32, 0.18, 0.3), (0.32, 0.55, 0.9)).astype(np.float32)[:, :, None, None]
    low = np.where(dusk, (0.7, 0.36, 0.18), (0.72, 0.85, 0.97)).astype(np.float32)[:, :, None, None]
    images = high + (low - high) * np.minimum(down[:, None] * 1.6, 1)
    images = np.broadcast_to(images, (count, 3, SIZE, SIZE)).copy()
    clouds = np.clip(patches(rng, count, SIZE, 5) * 2.2 - 0.7, 0, 1) * each(rng.random(count))
    lay(images, np.where(dusk, (0.5, 0.3, 0.32), (0.97, 0.97, 0.98)).astype(np.float32), clouds)
    return images


def _lay_ground(
    images: Floats, grounds: tuple[str, ...], horizon: NDArray[np.float64], rng: np.random.Generator
) -> None:
    """Below the horizon: one of these grounds for each picture, in light and dark patches."""
    count = len(images)
    _, down = grid(SIZE)
    kinds = rng.integers(0, len(grounds), count)
    dark, bright = (np.array([GROUNDS[name][i] for name in grounds], np.float32)[kinds] for i in range(2))
    shade = (0.5 + 0.3 * patches(rng, count, SIZE, 4) + 0.25 * patches(rng, count, SIZE, 16))[:, None]
    painted = dark[:, :, None, None] + (bright - dark)[:, :, None, None] * shade
    lay(images, painted, covered((down - each(horizon)) * np.float32(SIZE)))


def _lay_thing(images: Floats, thing: Thing, horizon: NDArray[np.float64], rng: np.random.Generator) -> None:
    """The thing's parts one after the other, at a random place, of a random size, facing left or right."""
    count = len(images)
    across, down = grid(SIZE)
    scale = each(rng.uniform(0.7, 1.05, count))
    facing = each(rng.choice([-1.0, 1.0], count))
    middle = each(horizon + rng.uniform(*thing.above, count))
    across = (across - each(rng.uniform(0.38, 0.62, count))) / (scale * facing)
    down = (down - middle) / scale
    softness = np.float32(1 / SIZE) / scale
    tones = _tones(thing.coats, count, rng)
    for part in thing.parts:
        here = across - np.float32(part.across), down - np.float32(part.down)
        if part.form == "ellipse":
            coverage = ellipse(*here, part.radii, part.angle, softness)
        else:
            coverage = box(*here, part.radii, softness)
        lay(images, tones[part.tone], coverage)


def _tones(coats: tuple[str, ...], count: int, rng: np.random.Generator) -> dict[str, Floats]:
    """The colours [count, 3] that a thing's parts have in each picture."""
    coat = np.array([COATS[name] for name in coats], np.float32)[rng.integers(0, len(coats), count)]
    coat = coat * rng.uniform(0.85, 1.15, (count, 1)).astype(np.float32)
    plain = {
        "black": (0.07, 0.07, 0.08),
        "glass": (0.62, 0.74, 0.8),
        "white": (0.94, 0.93, 0.9),
        "beak": (0.9, 0.6, 0.1),
    }
    fixed = {name: np.tile(np.array(colour, np.float32), (count, 1)) for name, colour in plain.items()}
    return {"coat": coat, "shade": coat * np.float32(0.6), **fixed}
