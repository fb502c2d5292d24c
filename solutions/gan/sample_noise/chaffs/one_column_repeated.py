"""Each row holds one number again and again: draw dim numbers for each row."""

import torch

LOSES = {"fresh"}


def sample_noise(batch_size, dim):
    return (torch.rand(batch_size, 1) * 2 - 1).repeat(1, dim)
