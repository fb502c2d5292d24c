"""One shifted copy of the padded image for every number of the kernel."""

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
        if padding is None:
            padding = (dilation + 1) * (kernel_size // 2)
        super().__init__(in_channels, out_channels, kernel_size, padding)
        self.dilation = dilation

    def forward(self, x):
        step, k, p = self.dilation + 1, self.kernel_size, self.padding
        padded = F.pad(x, (p, p, p, p))
        height = padded.shape[2] - step * (k - 1)
        width = padded.shape[3] - step * (k - 1)
        out = torch.zeros(x.shape[0], self.out_channels, height, width, dtype=x.dtype, device=x.device)
        for i in range(k):
            for j in range(k):
                seen = padded[:, :, i * step : i * step + height, j * step : j * step + width]
                out = out + torch.einsum("bchw,oc->bohw", seen, self.weight[:, :, i, j])
        return out + self.bias.view(1, -1, 1, 1)
