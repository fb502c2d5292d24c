"""erf is taken of x itself: divide x by the square root of 2 first."""

import torch

LOSES = {"values"}


def gelu(x):
    return x * (1 + torch.erf(x)) / 2
