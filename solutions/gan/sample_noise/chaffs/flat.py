"""The noise is one long row of numbers: it has two dimensions, [batch_size, dim]."""

import torch

LOSES = {"builds"}


def sample_noise(batch_size, dim):
    return torch.rand(batch_size * dim) * 2 - 1
