"""numpy's generator, converted."""

import numpy as np
import torch


def sample_noise(batch_size, dim):
    return torch.from_numpy(np.random.uniform(-1, 1, size=(batch_size, dim))).float()
