"""The leaky ReLUs have a slope of 0.2 for negative numbers: here it is 0.01."""

import torch.nn as nn

LOSES = {"values"}


def build_dc_classifier():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5),
        nn.LeakyReLU(0.2),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5),
        nn.LeakyReLU(0.2),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1024, 1024),
        nn.LeakyReLU(0.2),
        nn.Linear(1024, 1),
    )
