"""There is no leaky ReLU between the two linear layers: without one, they are no more than one. The number of
parameters does not show it."""

import torch.nn as nn

LOSES = {"values"}


def build_dc_classifier():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1024, 1024),
        nn.Linear(1024, 1),
    )
