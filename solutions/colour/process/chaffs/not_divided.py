"""The values stay between 0 and 255: divide by max_pixel."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"horses"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / 1.0
    xs = xs[np.where(ys == 7)[0]]
    np.random.shuffle(xs)
    if downsize_input:
        lower = nn.Sequential(
            nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)
        )
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.mean(xs, axis=1, keepdims=True)
