"""Flat layers; (previous, skip) for upconv2 and (skip, previous) for the final convolution; .forward() called."""

import torch
import torch.nn as nn


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.down1 = nn.Conv2d(num_in_channels, num_filters, kernel, stride=2, padding=kernel // 2)
        self.down2 = nn.Conv2d(num_filters, num_filters * 2, kernel, stride=2, padding=kernel // 2)
        self.up1 = nn.ConvTranspose2d(num_filters * 2, num_filters, kernel, 2, kernel // 2, output_padding=1)
        self.up2 = nn.ConvTranspose2d(num_filters * 2, num_colours, kernel, 2, kernel // 2, output_padding=1)
        self.final = nn.Conv2d(num_in_channels + num_colours, num_colours, kernel, padding=kernel // 2)
        self.norm1 = nn.BatchNorm2d(num_filters)
        self.norm2 = nn.BatchNorm2d(num_filters * 2)
        self.norm3 = nn.BatchNorm2d(num_filters)
        self.norm4 = nn.BatchNorm2d(num_colours)
        self.relu = nn.ReLU()

    def forward(self, x):
        a = self.relu(self.norm1(self.down1.forward(x)))
        b = self.relu(self.norm2(self.down2.forward(a)))
        c = self.relu(self.norm3(self.up1.forward(b)))
        c = torch.cat([c, a], dim=1)
        d = self.relu(self.norm4(self.up2.forward(c)))
        return self.final.forward(torch.cat([x, d], dim=1))
