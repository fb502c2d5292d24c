"""Division first, selection by np.where, shuffle in place of the new array; pooling by reshape, all in numpy."""

import numpy as np


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == 7)[0], :, :, :]
    np.random.shuffle(xs)
    grey = np.mean(xs, axis=1, keepdims=True)
    if downsize_input:
        blocks = xs.reshape(len(xs), 3, 8, 4, 8, 4).mean(axis=(3, 5))
        return (xs, np.repeat(np.repeat(blocks, 4, axis=2), 4, axis=3))
    return (xs, grey)
