"""The convolutions have stride 2 and there is no pooling: let them have stride 1 and no padding, with max-pooling
after each."""

import torch.nn as nn

LOSES = {"values"}


def build_dc_classifier():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, stride=2),
        nn.LeakyReLU(0.01),
        nn.Conv2d(32, 64, 5, stride=2),
        nn.LeakyReLU(0.01),
        nn.Flatten(),
        nn.Linear(1024, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 1),
    )
