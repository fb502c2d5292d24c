"""A kernel of 3×3 numbers is written in: take the number of its rows and columns from `kernel_size`."""

import torch
import torch.nn as nn
import torch.nn.functional as F

LOSES = {"kernels"}


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
        p, step = self.padding, self.dilation + 1
        x = F.pad(x, (p, p, p, p))
        height, width = x.shape[2] - 2 * step, x.shape[3] - 2 * step
        total = self.bias.view(1, -1, 1, 1)
        for i in range(3):
            for j in range(3):
                window = x[:, :, step * i : step * i + height, step * j : step * j + width]
                total = total + torch.einsum("bchw,oc->bohw", window, self.weight[:, :, i, j])
        return total
