"""Batch norm stands after the activations: this generator has none, only linear layers, ReLU and tanh."""

import torch.nn as nn

LOSES = {"layers"}


def generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )
