"""The numbers are drawn from a normal distribution (torch.randn), which has no bounds: use torch.rand, which is
uniform."""

import torch

LOSES = {"range", "spread"}


def sample_noise(batch_size, dim):
    return torch.randn(batch_size, dim)
