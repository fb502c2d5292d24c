"""Plain convolutions of which every second pixel is kept; the transposed ones by F.conv_transpose2d."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Up(nn.Module):
    def __init__(self, n_in, n_out, kernel):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_in, n_out, kernel, kernel) * 0.05)
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        pad = self.weight.shape[-1] // 2
        return F.conv_transpose2d(x, self.weight, self.bias, stride=2, padding=pad, output_padding=1)


class ConvTransposeNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        self.conv1 = nn.Conv2d(num_in_channels, num_filters, kernel, padding=kernel // 2)
        self.conv2 = nn.Conv2d(num_filters, num_filters * 2, kernel, padding=kernel // 2)
        self.up1 = Up(num_filters * 2, num_filters, kernel)
        self.up2 = Up(num_filters, num_colours, kernel)
        self.final = nn.Conv2d(num_colours, num_colours, kernel, padding=kernel // 2)
        self.bn1 = nn.BatchNorm2d(num_filters)
        self.bn2 = nn.BatchNorm2d(num_filters * 2)
        self.bn3 = nn.BatchNorm2d(num_filters)
        self.bn4 = nn.BatchNorm2d(num_colours)

    def forward(self, x):
        x = self.bn1(self.conv1(x)[:, :, ::2, ::2]).relu()
        x = self.bn2(self.conv2(x)[:, :, ::2, ::2]).relu()
        x = self.bn3(self.up1(x)).relu()
        x = self.bn4(self.up2(x)).relu()
        return self.final(x)
