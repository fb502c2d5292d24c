"""The convolutions are kept in a plain Python list, so `parameters()` does not find them and they are never trained:
use `nn.ModuleList`.
"""

import torch.nn as nn
import torch.nn.functional as F

LOSES = {"gradients"}


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        sizes = [num_in_channels, num_filters, 2 * num_filters, 2 * num_filters, num_filters, num_colours]
        self.convs = [nn.Conv2d(a, b, kernel, padding=kernel // 2) for a, b in zip(sizes, sizes[1:])]
        self.bns = nn.ModuleList([nn.BatchNorm2d(n) for n in sizes[1:]])
        self.finalconv = nn.Conv2d(num_colours, num_colours, kernel, padding=kernel // 2)

    def forward(self, x):
        for i in range(5):
            x = self.convs[i](x)
            if i < 2:
                x = F.max_pool2d(x, 2)
            if i > 2:
                x = F.interpolate(x, scale_factor=2)
            x = F.relu(self.bns[i](x))
        return self.finalconv(x)
