"""One row of noise is repeated for the whole batch, so all images would be alike: draw batch_size rows."""

import torch

LOSES = {"fresh"}


def sample_noise(batch_size, dim):
    return (torch.rand(1, dim) * 2 - 1).repeat(batch_size, 1)
