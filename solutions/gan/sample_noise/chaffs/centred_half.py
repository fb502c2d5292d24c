"""The numbers lie in [-0.5, 0.5]: stretch them by 2, to [-1, 1]."""

import torch

LOSES = {"range"}


def sample_noise(batch_size, dim):
    return torch.rand(batch_size, dim) - 0.5
