"""A batch size of 128 is written into the network: shape the input with -1, or not at all."""

import torch.nn as nn

LOSES = {"any-batch"}


class Unflatten(nn.Module):
    def forward(self, x):
        return x.view(128, 1, 28, 28)


def build_dc_classifier():
    return nn.Sequential(
        Unflatten(),
        nn.Conv2d(1, 32, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1024, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 1),
    )
