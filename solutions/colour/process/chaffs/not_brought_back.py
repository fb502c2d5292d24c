"""The image stays small: it is enlarged as often as it was made smaller, to 32×32 again."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"lower-resolution"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == 7)[0]]
    np.random.shuffle(xs)
    if downsize_input:
        lower = nn.Sequential(nn.AvgPool2d(2), nn.AvgPool2d(2))
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.mean(xs, axis=1, keepdims=True)
