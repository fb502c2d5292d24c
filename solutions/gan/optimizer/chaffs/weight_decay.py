"""The optimizer uses weight decay: leave it away."""

import torch.optim as optim

LOSES = {"steps"}


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999), weight_decay=0.1)
