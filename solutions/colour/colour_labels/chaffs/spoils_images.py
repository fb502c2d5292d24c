"""The images are changed in place: xs -= … works on the array that was given. Write xs = xs - … instead."""

import numpy as np

LOSES = {"pure"}


def get_rgb_cat(xs, colours):
    xs *= 255.0
    palette = colours * 255.0
    return ((xs[:, None] - palette[:, :, None, None]) ** 2).sum(axis=2).argmin(axis=1)[:, None]


def get_cat_rgb(cats, colours):
    return np.moveaxis(colours[cats[:, 0] if cats.ndim == 4 else cats], -1, 1)
