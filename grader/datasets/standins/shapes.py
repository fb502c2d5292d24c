"""What the ten classes of pictures look like: parts in a box from -0.5 to 0.5, facing right."""

from dataclasses import dataclass
from typing import Literal

Colour = tuple[float, float, float]

COATS: dict[str, Colour] = {
    "brown": (0.45, 0.26, 0.14),
    "black": (0.16, 0.11, 0.09),
    "cream": (0.9, 0.8, 0.62),
    "fawn": (0.68, 0.47, 0.27),
    "grey": (0.55, 0.55, 0.57),
    "red": (0.78, 0.14, 0.12),
    "blue": (0.14, 0.28, 0.7),
    "yellow": (0.93, 0.78, 0.14),
    "white": (0.92, 0.92, 0.93),
    "green": (0.36, 0.62, 0.16),
}
GROUNDS: dict[str, tuple[Colour, Colour]] = {  # in its dark and in its bright patches
    "grass": ((0.13, 0.3, 0.08), (0.42, 0.62, 0.22)),
    "sand": ((0.62, 0.5, 0.32), (0.92, 0.82, 0.58)),
    "sea": ((0.04, 0.22, 0.34), (0.2, 0.5, 0.62)),
    "road": ((0.24, 0.24, 0.26), (0.46, 0.46, 0.48)),
    "floor": ((0.34, 0.19, 0.1), (0.6, 0.4, 0.24)),
}


@dataclass(frozen=True)
class Shape:
    """One part of a thing: where its middle is, half its width and height, and which of the thing's tones it has."""

    form: Literal["ellipse", "box"]
    across: float
    down: float
    radii: tuple[float, float]
    tone: str = "coat"
    angle: float = 0.0  # radians, clockwise


@dataclass(frozen=True)
class Thing:
    """A class of pictures; `above` is how far below the horizon the thing's middle may be, from and to."""

    name: str
    parts: tuple[Shape, ...]
    coats: tuple[str, ...]
    grounds: tuple[str, ...]
    above: tuple[float, float] = (0.0, 0.18)


def _legs(places: tuple[float, ...], width: float, length: float, top: float) -> tuple[Shape, ...]:
    return tuple(
        Shape("box", across, top + length, (width, length), "coat" if i % 2 else "shade")
        for i, across in enumerate(places)
    )


def _wheels(places: tuple[float, ...]) -> tuple[Shape, ...]:
    return tuple(Shape("ellipse", across, 0.16, (0.085, 0.085), "black") for across in places)


def _ears(across: float, down: float) -> tuple[Shape, ...]:
    return tuple(Shape("ellipse", across + side, down, (0.035, 0.07), "shade", side * 4) for side in (-0.07, 0.07))


HORSE_PARTS = (
    Shape("ellipse", -0.31, 0.02, (0.035, 0.15), "shade", 0.3),
    *_legs((-0.2, -0.13, 0.13, 0.2), 0.032, 0.15, 0.05),
    Shape("ellipse", 0.0, 0.0, (0.28, 0.14)),
    Shape("ellipse", 0.26, -0.16, (0.09, 0.19), "coat", 0.6),
    Shape("ellipse", 0.19, -0.2, (0.035, 0.17), "shade", 0.6),
    Shape("ellipse", 0.39, -0.26, (0.12, 0.06), "coat", 0.55),
    Shape("ellipse", 0.3, -0.36, (0.02, 0.05), "shade"),
)
DEER_PARTS = (
    *_legs((-0.15, -0.1, 0.1, 0.15), 0.02, 0.17, 0.04),
    Shape("ellipse", 0.0, 0.0, (0.22, 0.1)),
    Shape("ellipse", 0.2, -0.14, (0.05, 0.17), "coat", 0.45),
    Shape("ellipse", 0.29, -0.27, (0.08, 0.045), "coat", 0.4),
    Shape("box", 0.22, -0.4, (0.012, 0.1), "white"),
    Shape("box", 0.3, -0.4, (0.012, 0.1), "white"),
    Shape("box", 0.26, -0.42, (0.08, 0.012), "white"),
)
DOG_PARTS = (
    Shape("ellipse", -0.24, -0.08, (0.025, 0.13), "coat", -0.7),
    *_legs((-0.14, -0.08, 0.08, 0.14), 0.03, 0.1, 0.05),
    Shape("ellipse", 0.0, 0.0, (0.21, 0.11)),
    Shape("ellipse", 0.22, -0.13, (0.1, 0.1)),
    Shape("ellipse", 0.33, -0.1, (0.07, 0.045), "white"),
    Shape("ellipse", 0.17, -0.12, (0.035, 0.09), "shade"),
)
CAT_PARTS = (
    Shape("ellipse", -0.2, 0.12, (0.16, 0.035), "shade", 0.3),
    Shape("ellipse", 0.0, 0.08, (0.17, 0.22)),
    *_ears(0.0, -0.33),
    Shape("ellipse", 0.0, -0.2, (0.15, 0.13)),
    Shape("ellipse", -0.06, -0.22, (0.025, 0.03), "black"),
    Shape("ellipse", 0.06, -0.22, (0.025, 0.03), "black"),
    Shape("ellipse", 0.0, -0.13, (0.05, 0.035), "white"),
)
FROG_PARTS = (
    Shape("ellipse", -0.24, 0.12, (0.13, 0.07), "shade", 0.6),
    Shape("ellipse", 0.24, 0.12, (0.13, 0.07), "shade", -0.6),
    Shape("ellipse", 0.0, 0.06, (0.27, 0.16)),
    Shape("ellipse", -0.12, -0.11, (0.07, 0.07)),
    Shape("ellipse", 0.12, -0.11, (0.07, 0.07)),
    Shape("ellipse", -0.12, -0.12, (0.035, 0.035), "black"),
    Shape("ellipse", 0.12, -0.12, (0.035, 0.035), "black"),
)
BIRD_PARTS = (
    Shape("ellipse", -0.26, 0.02, (0.14, 0.045), "shade", -0.2),
    Shape("ellipse", 0.0, 0.0, (0.22, 0.13), "coat", -0.2),
    Shape("ellipse", -0.04, -0.08, (0.16, 0.07), "shade", 0.6),
    Shape("ellipse", 0.2, -0.13, (0.09, 0.09)),
    Shape("ellipse", 0.31, -0.12, (0.06, 0.025), "beak"),
)
AIRPLANE_PARTS = (
    Shape("ellipse", -0.3, -0.1, (0.04, 0.12), "shade", -0.4),
    Shape("ellipse", 0.0, 0.0, (0.42, 0.075)),
    Shape("ellipse", -0.05, 0.05, (0.06, 0.24), "shade", 0.7),
    Shape("ellipse", 0.33, -0.02, (0.05, 0.03), "glass"),
)
AUTOMOBILE_PARTS = (
    Shape("ellipse", -0.03, -0.08, (0.22, 0.14)),
    Shape("ellipse", -0.03, -0.08, (0.17, 0.1), "glass"),
    Shape("box", 0.0, 0.06, (0.38, 0.1)),
    *_wheels((-0.22, 0.22)),
)
TRUCK_PARTS = (
    Shape("box", -0.1, -0.1, (0.3, 0.23)),
    Shape("box", 0.3, -0.01, (0.12, 0.15), "shade"),
    Shape("box", 0.34, -0.07, (0.06, 0.06), "glass"),
    *_wheels((-0.28, -0.08, 0.28)),
)
SHIP_PARTS = (
    Shape("box", 0.0, -0.14, (0.2, 0.08), "white"),
    Shape("box", -0.08, -0.29, (0.05, 0.1), "shade"),
    Shape("ellipse", 0.0, -0.02, (0.4, 0.11)),
    Shape("box", 0.0, 0.07, (0.3, 0.03), "black"),
)

ANIMALS = ("brown", "black", "cream")
PAINTS = ("red", "blue", "yellow", "white", "grey")
THINGS = (  # CIFAR-10's classes, by their names and in their order
    Thing("airplane", AIRPLANE_PARTS, ("white", "grey"), ("grass", "sea", "road"), (-0.3, -0.1)),
    Thing("automobile", AUTOMOBILE_PARTS, PAINTS, ("road", "sand")),
    Thing("bird", BIRD_PARTS, ("brown", "blue", "red", "yellow"), ("grass", "sea"), (-0.25, 0.1)),
    Thing("cat", CAT_PARTS, ("fawn", "grey", "black"), ("floor",)),
    Thing("deer", DEER_PARTS, ("fawn",), ("grass",)),
    Thing("dog", DOG_PARTS, ("fawn", "black", "cream"), ("grass", "floor")),
    Thing("frog", FROG_PARTS, ("green",), ("sand", "sea")),
    Thing("horse", HORSE_PARTS, ANIMALS, ("grass", "grass", "sand"), (-0.02, 0.14)),
    Thing("ship", SHIP_PARTS, ("red", "blue", "grey"), ("sea",), (-0.02, 0.12)),
    Thing("truck", TRUCK_PARTS, PAINTS, ("road",)),
)
