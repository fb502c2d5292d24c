"""The activations are leaky ReLUs: the generator has plain ones, nn.ReLU()."""

import torch.nn as nn

LOSES = {"values"}


def generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 1024),
        nn.LeakyReLU(0.01),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )
