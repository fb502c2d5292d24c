"""The numbers are float64, and the networks' weights float32: convert them with .float()."""

import torch

LOSES = {"dtype"}


def sample_noise(batch_size, dim):
    return torch.rand(batch_size, dim, dtype=torch.float64) * 2 - 1
