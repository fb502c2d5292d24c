"""The right answers that differ in value: where a block pools or upsamples.

Pooling between batch norm and ReLU gives, bit for bit, what pooling after both gives, and nearest upsampling may stand
anywhere behind the convolution, so two places of the pooling cover the blocks.
"""

from functools import partial

from torch import nn

RESIZE_FIRST, RESIZE_LAST = "conv-pool-bn-relu", "conv-bn-relu-pool"


class PoolUpsampleNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels, *, order):
        super().__init__()

        def block(inputs, outputs, resize):
            norm = [nn.BatchNorm2d(outputs), nn.ReLU()]
            layers = [resize, *norm] if order == RESIZE_FIRST else [*norm, resize]
            return [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2), *layers]

        self.layers = nn.Sequential(
            *block(num_in_channels, num_filters, nn.MaxPool2d(2)),
            *block(num_filters, 2 * num_filters, nn.MaxPool2d(2)),
            *block(2 * num_filters, num_filters, nn.Upsample(scale_factor=2)),
            *block(num_filters, num_colours, nn.Upsample(scale_factor=2)),
            nn.Conv2d(num_colours, num_colours, kernel, padding=kernel // 2),
        )

    def forward(self, x):
        return self.layers(x)


DIALECTS = {order: partial(PoolUpsampleNet, order=order) for order in (RESIZE_FIRST, RESIZE_LAST)}
