"""The factor is detached: its slope belongs to the gradient too."""

import torch

LOSES = {"gradients"}


def gelu(x):
    return x * ((1 + torch.erf(x / 2**0.5)) / 2).detach()
