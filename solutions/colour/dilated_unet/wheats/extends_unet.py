"""An extension of UNet that only replaces the block in the middle; the student's own MyDilatedConv2d."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class MyDilatedConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None, dilation=1):
        super().__init__()
        self.kernel_size, self.step = kernel_size, dilation + 1
        self.padding = self.step * (kernel_size // 2) if padding is None else padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.05)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        reach = self.step * (self.kernel_size - 1) + 1
        spread = self.weight.new_zeros(*self.weight.shape[:2], reach, reach)
        spread[:, :, :: self.step, :: self.step] = self.weight
        return F.conv2d(x, spread, self.bias, padding=self.padding)


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        padding = kernel // 2
        self.downconv1 = nn.Sequential(
            nn.Conv2d(num_in_channels, num_filters, kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.downconv2 = nn.Sequential(
            nn.Conv2d(num_filters, num_filters * 2, kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
        )
        self.rfconv = nn.Sequential(
            nn.Conv2d(num_filters * 2, num_filters * 2, kernel, padding=padding),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
        )
        self.upconv1 = nn.Sequential(
            nn.Conv2d(num_filters * 4, num_filters, kernel, padding=padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            nn.Conv2d(num_filters * 2, num_colours, kernel, padding=padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(),
        )
        self.finalconv = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=padding)

    def forward(self, x):
        out1 = self.downconv1(x)
        out2 = self.downconv2(out1)
        out3 = self.rfconv(out2)
        out4 = self.upconv1(torch.cat([out3, out2], dim=1))
        out5 = self.upconv2(torch.cat([out4, out1], dim=1))
        return self.finalconv(torch.cat([out5, x], dim=1))


class DilatedUNet(UNet):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.rfconv = nn.Sequential(
            MyDilatedConv2d(num_filters * 2, num_filters * 2, kernel, dilation=1),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
        )
