"""An optional seed, a list of layers, ReLU in place, another name for the argument, an initialisation of its own."""

import torch
from torch import nn

NOISE_DIM = 96


def initialize_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight.data)


def generator(dim=NOISE_DIM, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    layers = []
    size = dim
    for _ in range(2):
        layers += [nn.Linear(size, 1024), nn.ReLU(True)]
        size = 1024
    layers.append(nn.Linear(size, 28 * 28))
    layers.append(nn.Tanh())
    model = nn.Sequential(*layers)
    model.apply(initialize_weights)
    return model
