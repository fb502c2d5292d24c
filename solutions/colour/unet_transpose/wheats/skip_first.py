"""Blocks by a function, other names; (skip, previous) in both concatenations; extra arguments."""

import torch
import torch.nn as nn


def conv(layer, n_in, n_out, k, **options):
    return nn.Sequential(layer(n_in, n_out, k, 2, k // 2, **options), nn.BatchNorm2d(n_out), nn.ReLU(True))


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1, gpu=False, **kwargs):
        super().__init__()
        NIC, NF, NC, k = num_in_channels, num_filters, num_colours, kernel
        self.decode2 = conv(nn.ConvTranspose2d, 2 * NF, NC, k, output_padding=1)
        self.decode1 = conv(nn.ConvTranspose2d, 2 * NF, NF, k, output_padding=1)
        self.encode2 = conv(nn.Conv2d, NF, 2 * NF, k)
        self.encode1 = conv(nn.Conv2d, NIC, NF, k)
        self.head = nn.Conv2d(NIC + NC, NC, k, padding=k // 2)

    def forward(self, x):
        first = self.encode1(x)
        up = self.decode1(self.encode2(first))
        up = self.decode2(torch.cat((first, up), 1))
        return self.head(torch.cat((x, up), 1))
