"""The convolutions are padded, so 7×7 places are left instead of 4×4: leave the padding away."""

import torch.nn as nn

LOSES = {"layers"}


def build_dc_classifier():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 1),
    )
