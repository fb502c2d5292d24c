"""The numbers are the tanh of normal ones, which is not uniform: use torch.rand."""

import torch

LOSES = {"spread"}


def sample_noise(batch_size, dim):
    return torch.tanh(torch.randn(batch_size, dim))
