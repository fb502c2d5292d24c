"""The learning rate is 0.01: the text asks for a smaller one."""

import torch.optim as optim

LOSES = {"learning-rate"}


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=1e-2, betas=(0.5, 0.999))
