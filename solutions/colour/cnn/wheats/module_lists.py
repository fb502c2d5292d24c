"""Convolutions and norms in two ModuleLists; pooling and upsampling after the ReLU."""

import torch.nn as nn
import torch.nn.functional as F


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        sizes = [num_in_channels, num_filters, 2 * num_filters, 2 * num_filters, num_filters, num_colours]
        self.bns = nn.ModuleList([nn.BatchNorm2d(n) for n in sizes[1:]])
        self.convs = nn.ModuleList(
            [nn.Conv2d(a, b, kernel, padding=kernel // 2) for a, b in zip(sizes, sizes[1:] + [num_colours])]
        )

    def forward(self, x):
        out = x
        for i, (conv, bn) in enumerate(zip(self.convs, self.bns)):
            out = F.relu(bn(conv(out)))
            if i < 2:
                out = F.max_pool2d(out, 2)
            if i > 2:
                out = F.interpolate(out, scale_factor=2)
        return self.convs[-1](out)
