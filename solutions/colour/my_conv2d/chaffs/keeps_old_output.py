"""The sum is kept on self and never cleared, so a second call adds to the first: start from a new tensor."""

import torch
import torch.nn as nn
import torch.nn.functional as F

LOSES = {"pure"}


class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.kernel_size = kernel_size
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.total = 0

    def forward(self, x):
        output = F.conv2d(x, self.weight, self.bias, padding=self.padding)
        self.total = self.total + output
        return self.total
