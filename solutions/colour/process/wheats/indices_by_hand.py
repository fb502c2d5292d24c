"""A generator of its own for the order, and one permutation for both arrays."""

import random

import numpy as np
import torch


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    places = [n for n in range(len(ys)) if np.ravel(ys)[n] == 7]
    print(len(places), "horses")
    rgb = xs[places].astype("float32") / np.float32(max_pixel)
    if downsize_input:
        small = torch.nn.AvgPool2d(4)(torch.from_numpy(rgb))
        second = torch.nn.Upsample(scale_factor=4, mode="nearest")(small).data.numpy()
    else:
        second = rgb.sum(axis=1)[:, None] / 3
    order = list(range(len(places)))
    random.Random(5).shuffle(order)
    return rgb[order], second[order]
