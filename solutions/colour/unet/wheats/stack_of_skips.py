"""ModuleLists and a stack of skip connections; pooling and upsampling last; two concatenation orders mixed."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, kernel, n_in, n_out):
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, kernel, padding=kernel // 2)
        self.bn = nn.BatchNorm2d(n_out)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1, **kwargs):
        super().__init__()
        nf = num_filters
        self.up = nn.ModuleList([Block(kernel, 4 * nf, nf), Block(kernel, 2 * nf, num_colours)])
        self.down = nn.ModuleList([Block(kernel, num_in_channels, nf), Block(kernel, nf, 2 * nf)])
        self.middle = Block(kernel, 2 * nf, 2 * nf)
        self.last = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=kernel // 2)

    def forward(self, x):
        skips = [x]
        for block in self.down:
            skips.append(F.max_pool2d(block(skips[-1]), 2))
        out = self.middle(skips[-1])
        for block in self.up:
            out = F.interpolate(block(torch.cat([skips.pop(), out], dim=1)), scale_factor=2)
        return self.last(torch.cat([out, skips.pop()], dim=1))
