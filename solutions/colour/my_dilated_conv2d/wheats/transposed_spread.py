"""The kernel spread by a transposed convolution with a 1×1 kernel; the names of its own."""

import torch
import torch.nn as nn
import torch.nn.functional as F


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
        same = kernel_size // 2 * (dilation + 1)
        super().__init__(in_channels, out_channels, kernel_size, same if padding is None else padding)
        self.stride_of_taps = dilation + 1

    def dilate(self, kernel):
        o, c, k, _ = kernel.shape
        one = torch.ones(1, 1, 1, 1, dtype=kernel.dtype, device=kernel.device)
        wide = F.conv_transpose2d(kernel.reshape(o * c, 1, k, k), one, stride=self.stride_of_taps)
        return wide.reshape(o, c, *wide.shape[2:])

    def forward(self, x):
        return F.conv2d(x, self.dilate(self.weight), bias=self.bias, padding=self.padding, dilation=1)
