"""The right answers that differ in value: where a block pools or upsamples, and what stands before finalconv.

Pooling between batch norm and ReLU gives, bit for bit, what pooling after both gives, and nearest upsampling may stand
anywhere behind the convolution, so two places of the pooling cover the blocks.
"""

from functools import partial

from torch import nn

RESIZE_FIRST, RESIZE_LAST = "conv-pool-bn-relu", "conv-bn-relu-pool"


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1, *, order, bottleneck):
        super().__init__()

        def block(inputs, outputs, resize):
            norm = [nn.BatchNorm2d(outputs), nn.ReLU()]
            layers = [resize, *norm] if order == RESIZE_FIRST else [*norm, resize]
            return [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2), *layers]

        last = 3 if bottleneck else num_colours
        self.layers = nn.Sequential(
            *block(num_in_channels, num_filters, nn.MaxPool2d(2)),
            *block(num_filters, 2 * num_filters, nn.MaxPool2d(2)),
            *block(2 * num_filters, 2 * num_filters, nn.Identity()),
            *block(2 * num_filters, num_filters, nn.Upsample(scale_factor=2)),
            *block(num_filters, last, nn.Upsample(scale_factor=2)),
            nn.Conv2d(last, num_colours, kernel, padding=kernel // 2),
        )

    def forward(self, x):
        return self.layers(x)


DIALECTS = {
    f"{order}/{'3-channels' if bottleneck else 'plain'}": partial(CNN, order=order, bottleneck=bottleneck)
    for order in (RESIZE_FIRST, RESIZE_LAST)
    for bottleneck in (False, True)
}
