"""Python's generator, number by number."""

import random

import torch


def sample_noise(batch_size, dim):
    rows = [[random.uniform(-1, 1) for _ in range(dim)] for _ in range(batch_size)]
    return torch.tensor(rows)
