"""The optimizer is plain gradient descent: take Adam, which has betas."""

import torch.optim as optim

LOSES = {"learning-rate", "steps"}


def get_optimizer(model):
    return optim.SGD(model.parameters(), lr=1e-3, momentum=0.5)
