"""The network gives two numbers for each image: the discriminator gives one score, from one output of the last
layer."""

import torch.nn as nn

LOSES = {"builds"}


def discriminator():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 2),
    )
