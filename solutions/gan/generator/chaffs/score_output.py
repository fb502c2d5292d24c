"""The network gives one number for each noise vector: a generator gives the 784 pixels of an image."""

import torch.nn as nn

LOSES = {"builds"}


def generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1),
        nn.Tanh(),
    )
