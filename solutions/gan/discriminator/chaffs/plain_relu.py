"""The activations are plain ReLUs: use nn.LeakyReLU(0.01), which lets a hundredth of a negative number through."""

import torch.nn as nn

LOSES = {"values"}


def discriminator():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Linear(256, 1),
    )
