"""The student's own MyConv2d as a matrix product; blocks called through .forward(); activations returned too."""

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
        columns = F.unfold(x, self.kernel_size, padding=self.padding)
        out = self.weight.view(self.weight.size(0), -1) @ columns + self.bias.unsqueeze(-1)
        height = x.size(2) + 2 * self.padding - self.kernel_size + 1
        return out.view(x.size(0), -1, height, out.size(2) // height)


class Down(nn.Module):
    def __init__(self, kernel, c_in, c_out, pool=True):
        super().__init__()
        self.conv = MyConv2d(c_in, c_out, kernel)
        self.pool = nn.MaxPool2d(2) if pool else nn.Identity()
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x):
        return torch.relu(self.bn(self.pool(self.conv.forward(x))))


class Up(nn.Module):
    def __init__(self, kernel, c_in, c_out):
        super().__init__()
        self.conv = MyConv2d(c_in, c_out, kernel)
        self.up = nn.UpsamplingNearest2d(scale_factor=2)
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, previous, skip):
        return torch.relu(self.bn(self.up(self.conv.forward(torch.cat((previous, skip), dim=1)))))


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        self.downconv1 = Down(kernel, num_in_channels, num_filters)
        self.downconv2 = Down(kernel, num_filters, num_filters * 2)
        self.rfconv = Down(kernel, num_filters * 2, num_filters * 2, pool=False)
        self.upconv1 = Up(kernel, num_filters * 4, num_filters)
        self.upconv2 = Up(kernel, num_filters * 2, num_colours)
        self.finalconv = MyConv2d(num_colours + num_in_channels, num_colours, kernel)

    def forward(self, x):
        h1 = self.downconv1.forward(x)
        h2 = self.downconv2.forward(h1)
        h3 = self.rfconv.forward(h2)
        h4 = self.upconv1.forward(h3, h2)
        h5 = self.upconv2.forward(h4, h1)
        return self.finalconv.forward(torch.cat((h5, x), dim=1)), (h1, h2, h3, h4, h5)
