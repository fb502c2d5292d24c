"""The shape is [dim, batch_size]: rows are the noise vectors, [batch_size, dim]."""

import torch

LOSES = {"builds"}


def sample_noise(batch_size, dim):
    return torch.rand(dim, batch_size) * 2 - 1
