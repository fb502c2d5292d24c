"""np.random.permutation returns a shuffled copy, which is thrown away here: keep what it returns, or use shuffle."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"shuffled"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == 7)[0]]
    np.random.permutation(xs)
    if downsize_input:
        lower = nn.Sequential(
            nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)
        )
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.mean(xs, axis=1, keepdims=True)
