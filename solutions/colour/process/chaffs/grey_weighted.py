"""The colours are weighted by how bright the eye sees them: here grey is the plain mean of the three."""

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
    return xs, (xs * np.array([0.299, 0.587, 0.114]).reshape(3, 1, 1)).sum(axis=1, keepdims=True)
