"""The numbers lie in [0, 1], where torch.rand draws them: stretch them to [-1, 1], 2 * torch.rand(...) - 1."""

import torch

LOSES = {"range"}


def sample_noise(batch_size, dim):
    return torch.rand(batch_size, dim)
