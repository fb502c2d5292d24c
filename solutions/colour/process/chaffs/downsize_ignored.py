"""downsize_input makes no difference: where it is True, return the images in lower resolution instead of grey ones."""

import numpy as np

LOSES = {"lower-resolution"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == 7)[0]]
    np.random.shuffle(xs)
    return xs, np.mean(xs, axis=1, keepdims=True)
