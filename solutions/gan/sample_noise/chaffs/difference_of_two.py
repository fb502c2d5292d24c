"""The difference of two uniform numbers is not uniform: numbers near 0 are the most frequent. Draw one number for
each place and stretch it, 2 * torch.rand(...) - 1."""

import torch

LOSES = {"spread"}


def sample_noise(batch_size, dim):
    return torch.rand(batch_size, dim) - torch.rand(batch_size, dim)
