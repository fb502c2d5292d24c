"""The numbers leave [-1, 1]: torch.rand(...) * 2 - 1 has the right width."""

import torch

LOSES = {"range"}


def sample_noise(batch_size, dim):
    return torch.rand(batch_size, dim) * 4 - 2
