"""Windows as columns, then one matrix product."""

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
        batch, _, height, width = x.shape
        columns = F.unfold(x, self.kernel_size, padding=self.padding)
        rows = self.weight.flatten(1) @ columns + self.bias[:, None]
        grow = 2 * self.padding - self.kernel_size + 1
        return rows.view(batch, -1, height + grow, width + grow)
