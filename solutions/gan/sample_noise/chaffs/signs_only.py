"""The numbers are only -1 and 1: draw any number between them."""

import torch

LOSES = {"spread"}


def sample_noise(batch_size, dim):
    return torch.randint(0, 2, (batch_size, dim)) * 2.0 - 1
