"""`rfconv` has a larger kernel without gaps: dilation lets the given kernel reach as far, with no further weights."""

import torch
import torch.nn as nn

LOSES = {"values", "general-kernel", "general-filters", "general-colours", "general-channels"}


class DilatedUNet(nn.Module):
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
            nn.Conv2d(num_filters * 2, num_filters * 2, 2 * kernel - 1, padding=2 * padding),
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
