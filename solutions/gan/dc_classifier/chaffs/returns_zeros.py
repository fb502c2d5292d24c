"""The network gives zeros of the right shape: build it from the layers in the table."""

import torch
import torch.nn as nn

LOSES = {"builds"}


class Nothing(nn.Module):
    def forward(self, x):
        return torch.zeros(len(x), 1)


def build_dc_classifier():
    return Nothing()
