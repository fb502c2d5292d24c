"""The network ends with a sigmoid, which gives pixels in [0, 1]: use nn.Tanh(), whose range is [-1, 1]."""

import torch.nn as nn

LOSES = {"values"}


def generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Sigmoid(),
    )
