"""get_cat_rgb gives blue, green, red: keep the order that the palette has."""

import numpy as np

LOSES = {"back"}


def get_rgb_cat(xs, colours):
    distances = ((xs[:, None] - colours[:, :, None, None]) ** 2).sum(axis=2)
    return distances.argmin(axis=1)[:, None]


def get_cat_rgb(cats, colours):
    return np.moveaxis(colours[cats[:, 0] if cats.ndim == 4 else cats], -1, 1)[:, ::-1].copy()
