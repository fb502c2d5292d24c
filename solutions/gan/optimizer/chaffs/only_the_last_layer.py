"""The optimizer gets the parameters of one layer: hand over model.parameters(), so that every layer learns."""

import torch.optim as optim

LOSES = {"parameters"}


def get_optimizer(model):
    return optim.Adam(list(model.children())[-1].parameters(), lr=1e-3, betas=(0.5, 0.999))
