"""Upsampling by repeated pixels and a plain convolution double the image: here a transposed convolution with stride 2
does both.
"""

import torch
import torch.nn as nn

LOSES = {"values", "general-kernel", "general-filters", "general-colours", "general-channels"}


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        padding = kernel // 2
        self.downconv1 = nn.Sequential(
            nn.Conv2d(num_in_channels, num_filters, kernel, stride=2, padding=padding),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.downconv2 = nn.Sequential(
            nn.Conv2d(num_filters, num_filters * 2, kernel, stride=2, padding=padding),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
        )
        self.upconv1 = nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(num_filters * 2, num_filters, kernel, padding=padding),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(num_filters * 2, num_colours, kernel, padding=padding),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(),
        )
        self.finalconv = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=padding)

    def forward(self, x):
        out1 = self.downconv1(x)
        out2 = self.downconv2(out1)
        out3 = self.upconv1(out2)
        out4 = self.upconv2(torch.cat([out3, out1], dim=1))
        return self.finalconv(torch.cat([out4, x], dim=1))
