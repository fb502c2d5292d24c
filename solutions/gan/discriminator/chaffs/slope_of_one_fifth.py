"""The leaky ReLUs have a slope of 0.2 for negative numbers: here it is 0.01."""

import torch.nn as nn

LOSES = {"values"}


def discriminator():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.2),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.2),
        nn.Linear(256, 1),
    )
