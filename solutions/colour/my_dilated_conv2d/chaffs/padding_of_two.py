"""Without a padding given, it is always 2, which fits kernel size 3 with one gap alone: it must grow
with the size of the kernel and with the number of gaps.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

LOSES = {"default-padding-general"}


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
            padding = 2
        super().__init__(in_channels, out_channels, kernel_size, padding)
        self.dilation = dilation

    def forward(self, x):
        step = self.dilation + 1
        reach = step * (self.kernel_size - 1) + 1
        spread = torch.zeros(self.out_channels, self.in_channels, reach, reach, dtype=x.dtype, device=x.device)
        spread[:, :, ::step, ::step] = self.weight
        return F.conv2d(x, spread, self.bias, padding=self.padding)
