"""x is overwritten (mul_): return a new tensor."""

import torch

LOSES = {"pure"}


def gelu(x):
    return x.mul_((1 + torch.erf(x / 2**0.5)) / 2)
