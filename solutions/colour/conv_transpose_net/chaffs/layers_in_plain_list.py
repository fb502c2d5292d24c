"""The layers stand in a plain list, which an optimizer does not look into: put them into an `nn.ModuleList` or
`nn.Sequential`.
"""

import torch.nn as nn

LOSES = {"gradients"}


class ConvTransposeNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        half = {"stride": 2, "padding": kernel // 2}
        twice = {"stride": 2, "padding": kernel // 2, "output_padding": 1}
        self.layers = [
            nn.Conv2d(num_in_channels, num_filters, kernel, **half),
            nn.Conv2d(num_filters, 2 * num_filters, kernel, **half),
            nn.ConvTranspose2d(2 * num_filters, num_filters, kernel, **twice),
            nn.ConvTranspose2d(num_filters, num_colours, kernel, **twice),
        ]
        self.norms = nn.ModuleList([nn.BatchNorm2d(layer.out_channels) for layer in self.layers])
        self.finalconv = nn.Conv2d(num_colours, num_colours, kernel, padding=kernel // 2)

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = norm(layer(x)).relu()
        return self.finalconv(x)
