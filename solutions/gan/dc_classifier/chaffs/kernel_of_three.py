"""The convolutions have kernels of 3×3: take 5×5."""

import torch.nn as nn

LOSES = {"layers"}


def build_dc_classifier():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 5 * 5, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 1),
    )
