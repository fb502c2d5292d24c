"""The learning rate is 0.0002: the text asks for another one."""

import torch.optim as optim

LOSES = {"learning-rate"}


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=2e-4, betas=(0.5, 0.999))
