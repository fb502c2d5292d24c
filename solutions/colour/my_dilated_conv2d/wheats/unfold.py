"""Windows with gaps by F.unfold, and one matrix product."""

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
        super().__init__(in_channels, out_channels, kernel_size, padding)
        self.gaps = dilation
        if padding is None:
            self.padding = (kernel_size - 1) * (dilation + 1) // 2

    def forward(self, x):
        d = self.gaps + 1
        batch, _, height, width = x.shape
        windows = F.unfold(x, (self.kernel_size, self.kernel_size), dilation=d, padding=self.padding)
        kernels = self.weight.view(self.out_channels, -1)
        out = torch.matmul(kernels, windows) + self.bias.unsqueeze(1)
        grow = 2 * self.padding - d * (self.kernel_size - 1)
        return out.reshape(batch, self.out_channels, height + grow, width + grow)
