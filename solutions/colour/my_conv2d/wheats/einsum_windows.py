"""Views of all windows, summed by einsum."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.kernel_size = kernel_size
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        p, k = self.padding, self.kernel_size
        windows = F.pad(x, (p, p, p, p)).unfold(2, k, 1).unfold(3, k, 1)
        return torch.einsum("bchwij,ocij->bohw", windows, self.weight) + self.bias.view(1, -1, 1, 1)
