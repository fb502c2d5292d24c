"""The grey images lack the axis of channels: the average leaves its axis out, unless it is told to keep it."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"builds"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == 7)[0]]
    np.random.shuffle(xs)
    if downsize_input:
        lower = nn.Sequential(
            nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)
        )
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.mean(xs, axis=1)
