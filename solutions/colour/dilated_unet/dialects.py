"""The right answers that differ in value: where a block pools or upsamples, and the order of each concatenation.

Pooling between batch norm and ReLU gives, bit for bit, what pooling after both gives, and nearest upsampling may stand
anywhere behind the convolution, so two places of the pooling cover the blocks. At each of the three levels the tensors
may be joined as (previous, skip), written "ps", or as (skip, previous), written "sp".
"""

from functools import partial
from itertools import product

import torch
from torch import nn

RESIZE_FIRST, RESIZE_LAST = "conv-pool-bn-relu", "conv-bn-relu-pool"


class DilatedUNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1, *, order, joins):
        super().__init__()

        def block(inputs, outputs, resize, gaps=0):
            norm = [nn.BatchNorm2d(outputs), nn.ReLU()]
            layers = [resize, *norm] if order == RESIZE_FIRST else [*norm, resize]
            step = gaps + 1
            conv = nn.Conv2d(inputs, outputs, kernel, padding=step * (kernel // 2), dilation=step)
            return nn.Sequential(conv, *layers)

        self.joins = joins
        self.down1 = block(num_in_channels, num_filters, nn.MaxPool2d(2))
        self.down2 = block(num_filters, 2 * num_filters, nn.MaxPool2d(2))
        self.middle = block(2 * num_filters, 2 * num_filters, nn.Identity(), gaps=1)
        self.up1 = block(4 * num_filters, num_filters, nn.Upsample(scale_factor=2))
        self.up2 = block(2 * num_filters, num_colours, nn.Upsample(scale_factor=2))
        self.last = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=kernel // 2)

    def forward(self, x):
        down1 = self.down1(x)
        down2 = self.down2(down1)
        up1 = self.up1(self.join(0, self.middle(down2), down2))
        up2 = self.up2(self.join(1, up1, down1))
        return self.last(self.join(2, up2, x))

    def join(self, level, previous, skip):
        pair = [previous, skip] if self.joins[level] == "ps" else [skip, previous]
        return torch.cat(pair, dim=1)


DIALECTS = {
    f"{order}/{'-'.join(joins)}": partial(DilatedUNet, order=order, joins=joins)
    for order in (RESIZE_FIRST, RESIZE_LAST)
    for joins in product(("ps", "sp"), repeat=3)
}
