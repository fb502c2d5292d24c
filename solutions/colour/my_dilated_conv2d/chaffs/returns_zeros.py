"""The output has the right shape and nothing in it: multiply each window by the kernel and sum."""

import torch
import torch.nn as nn
import torch.nn.functional as F

LOSES = {"own-gaps"}


class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


class MyDilatedConv2d(MyConv2d):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None, dilation=1):
        if padding is None:
            padding = (dilation + 1) * (kernel_size // 2)
        super().__init__(in_channels, out_channels, kernel_size, padding)
        self.dilation = dilation

    def forward(self, x):
        grow = 2 * self.padding - (self.dilation + 1) * (self.kernel_size - 1)
        return x.new_zeros(x.shape[0], self.out_channels, x.shape[2] + grow, x.shape[3] + grow)
