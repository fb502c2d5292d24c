"""The second beta is 0.99: it is 0.999."""

import torch.optim as optim

LOSES = {"steps"}


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.99))
