"""torch's own dilation, three arguments as in 2018, pooling last, (skip, previous) in every concatenation."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class DilatedUNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        NF, NC, NIC = num_filters, num_colours, num_in_channels
        channels = [(NIC, NF), (NF, 2 * NF), (2 * NF, 2 * NF), (4 * NF, NF), (2 * NF, NC), (NC + NIC, NC)]
        steps = [1, 1, 2, 1, 1, 1]
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, kernel, padding="same", dilation=step) for (a, b), step in zip(channels, steps)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b in channels[:-1])

    def block(self, number, x):
        return F.relu(self.norms[number](self.convs[number](x)))

    def forward(self, x):
        first = F.max_pool2d(self.block(0, x), 2)
        second = F.max_pool2d(self.block(1, first), 2)
        out = torch.cat([second, self.block(2, second)], 1)
        out = torch.cat([first, F.interpolate(self.block(3, out), scale_factor=2)], 1)
        out = torch.cat([x, F.interpolate(self.block(4, out), scale_factor=2)], 1)
        return self.convs[5](out), first, second
