"""Takes images that are flattened already, and a seed; layers are added one by one."""

import torch
from torch import nn


def discriminator(seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    model = nn.Sequential()
    widths = [784, 256, 256]
    for i, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
        model.add_module(f"fc{i}", nn.Linear(a, b))
        model.add_module(f"act{i}", nn.LeakyReLU())
    model.add_module("out", nn.Linear(256, 1))
    return model
