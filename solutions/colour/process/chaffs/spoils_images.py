"""The array that was given is divided in place: an assignment without the sign before it makes a new one."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"pure"}


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    if xs.dtype == np.uint8:
        xs = xs.astype(np.float64)
    xs /= max_pixel
    xs = xs[np.where(ys == 7)[0]]
    np.random.shuffle(xs)
    if downsize_input:
        lower = nn.Sequential(
            nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)
        )
        return xs, lower(torch.from_numpy(xs)).numpy()
    return xs, np.mean(xs, axis=1, keepdims=True)
