"""The numbers come from a normal distribution and are cut off at -1 and 1, so many lie on the edges: use
torch.rand."""

import torch

LOSES = {"spread"}


def sample_noise(batch_size, dim):
    return torch.randn(batch_size, dim).clamp(-1, 1)
