"""Labels are counted from 1: the first colour of the palette is number 0."""

import numpy as np

LOSES = {"values"}


def get_rgb_cat(xs, colours):
    distances = ((xs[:, None] - colours[:, :, None, None]) ** 2).sum(axis=2)
    return distances.argmin(axis=1)[:, None] + 1


def get_cat_rgb(cats, colours):
    return np.moveaxis(colours[cats[:, 0] if cats.ndim == 4 else cats], -1, 1)
