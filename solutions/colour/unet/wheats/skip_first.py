"""Skip connections first in every concatenation; activations kept as attributes."""

import torch
import torch.nn as nn


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        pad = kernel // 2
        self.d1 = nn.Sequential(
            nn.Conv2d(num_in_channels, num_filters, kernel, padding=pad),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(inplace=True),
        )
        self.d2 = nn.Sequential(
            nn.Conv2d(num_filters, 2 * num_filters, kernel, padding=pad),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(2 * num_filters),
            nn.ReLU(inplace=True),
        )
        self.rf = nn.Sequential(
            nn.Conv2d(2 * num_filters, 2 * num_filters, kernel, padding=pad),
            nn.BatchNorm2d(2 * num_filters),
            nn.ReLU(inplace=True),
        )
        self.u1 = nn.Sequential(
            nn.Conv2d(4 * num_filters, num_filters, kernel, padding=pad),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(inplace=True),
        )
        self.u2 = nn.Sequential(
            nn.Conv2d(2 * num_filters, num_colours, kernel, padding=pad),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(inplace=True),
        )
        self.final = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=pad)

    def forward(self, x):
        self.out1 = self.d1(x)
        self.out2 = self.d2(self.out1)
        self.out3 = self.rf(self.out2)
        self.out4 = self.u1(torch.cat((self.out2, self.out3), 1))
        self.out5 = self.u2(torch.cat((self.out1, self.out4), 1))
        self.out_final = self.final(torch.cat((x, self.out5), 1))
        return self.out_final
