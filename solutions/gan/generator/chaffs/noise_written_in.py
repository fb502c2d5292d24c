"""The size of the noise, 96, is written into the network: use the argument noise_dim."""

import torch.nn as nn

LOSES = {"any-noise"}


def generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(96, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )
