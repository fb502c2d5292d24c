"""`upconv1` gets `downconv2` twice, as in a UNet with a block between the two: here it gets the output of `downconv2`
alone.
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
            nn.ConvTranspose2d(num_filters * 4, num_filters, kernel, stride=2, padding=padding, output_padding=1),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            nn.ConvTranspose2d(num_filters * 2, num_colours, kernel, stride=2, padding=padding, output_padding=1),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(),
        )
        self.finalconv = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=padding)

    def forward(self, x):
        out1 = self.downconv1(x)
        out2 = self.downconv2(out1)
        out3 = self.upconv1(torch.cat([out2, out2], dim=1))
        out4 = self.upconv2(torch.cat([out3, out1], dim=1))
        return self.finalconv(torch.cat([out4, x], dim=1))
