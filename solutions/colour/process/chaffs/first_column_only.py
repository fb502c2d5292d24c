"""The classes must be [N, 1]: classes of shape [N] are to work too: bring both to the same shape first."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"flat-classes"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[ys[:, 0] == 7]
    np.random.shuffle(xs)
    if downsize_input:
        lower = nn.Sequential(
            nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)
        )
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.mean(xs, axis=1, keepdims=True)
