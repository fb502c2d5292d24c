"""The optimizer is Adamax: take Adam."""

import torch.optim as optim

LOSES = {"steps"}


def get_optimizer(model):
    return optim.Adamax(model.parameters(), lr=1e-3, betas=(0.5, 0.999))
