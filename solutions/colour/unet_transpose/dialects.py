"""The right answers that differ in value: the order of each concatenation.

At each of the two levels the tensors may be joined as (previous, skip), written "ps", or as (skip, previous), "sp".
"""

from functools import partial
from itertools import product

import torch
from torch import nn


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels, *, joins):
        super().__init__()

        def block(layer, inputs, outputs, **options):
            resize = layer(inputs, outputs, kernel, stride=2, padding=kernel // 2, **options)
            return nn.Sequential(resize, nn.BatchNorm2d(outputs), nn.ReLU())

        self.joins = joins
        self.down1 = block(nn.Conv2d, num_in_channels, num_filters)
        self.down2 = block(nn.Conv2d, num_filters, 2 * num_filters)
        self.up1 = block(nn.ConvTranspose2d, 2 * num_filters, num_filters, output_padding=1)
        self.up2 = block(nn.ConvTranspose2d, 2 * num_filters, num_colours, output_padding=1)
        self.last = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=kernel // 2)

    def forward(self, x):
        down1 = self.down1(x)
        up1 = self.up1(self.down2(down1))
        up2 = self.up2(self.join(0, up1, down1))
        return self.last(self.join(1, up2, x))

    def join(self, level, previous, skip):
        pair = [previous, skip] if self.joins[level] == "ps" else [skip, previous]
        return torch.cat(pair, dim=1)


DIALECTS = {"-".join(joins): partial(UNet, joins=joins) for joins in product(("ps", "sp"), repeat=2)}
