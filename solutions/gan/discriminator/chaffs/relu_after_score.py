"""A leaky ReLU follows the last linear layer: the score is that layer's output, with nothing after it."""

import torch.nn as nn

LOSES = {"values"}


def discriminator():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 1),
        nn.LeakyReLU(0.01),
    )
