"""Pools before batch norm on the way down, upsamples after the ReLU on the way up."""

import torch
from torch import nn


def conv_bn(kernel, n_in, n_out, pool):
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, kernel, padding="same"),
        nn.MaxPool2d(2, 2) if pool else nn.Identity(),
        nn.BatchNorm2d(n_out),
        nn.ReLU(),
    )


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        NIC, NF, NC = num_in_channels, num_filters, num_colours
        self.down1 = conv_bn(kernel, NIC, NF, pool=True)
        self.down2 = conv_bn(kernel, NF, 2 * NF, pool=True)
        self.middle = conv_bn(kernel, 2 * NF, 2 * NF, pool=False)
        self.up1 = conv_bn(kernel, 4 * NF, NF, pool=False)
        self.up2 = conv_bn(kernel, 2 * NF, NC, pool=False)
        self.final = nn.Conv2d(NC + NIC, NC, kernel, padding="same")
        self.upsample = nn.Upsample(scale_factor=2)

    def forward(self, x):
        first = self.down1(x)
        second = self.down2(first)
        out = self.upsample(self.up1(torch.cat([self.middle(second), second], dim=1)))
        out = self.upsample(self.up2(torch.cat([first, out], dim=1)))
        return self.final(torch.cat([out, x], dim=1))
