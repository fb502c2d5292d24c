"""The learning rate is 0.01: it is 0.001, lr=1e-3."""

import torch.optim as optim

LOSES = {"learning-rate"}


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=1e-2, betas=(0.5, 0.999))
