"""Red, green and blue are added: grey is their mean, so divide by 3."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"grey"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == 7)[0]]
    np.random.shuffle(xs)
    if downsize_input:
        lower = nn.Sequential(
            nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)
        )
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.sum(xs, axis=1, keepdims=True)
