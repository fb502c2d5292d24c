"""The transposed convolutions are told the output's size in the call; modules in lists; returns activations."""

import torch.nn as nn
import torch.nn.functional as F


class ConvTransposeNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        options = {"kernel_size": kernel, "stride": 2, "padding": kernel // 2}
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(num_filters * 2, num_filters, **options),
                nn.ConvTranspose2d(num_filters, num_colours, **options),
            ]
        )
        self.down = nn.ModuleList(
            [
                nn.Conv2d(num_in_channels, num_filters, **options),
                nn.Conv2d(num_filters, num_filters * 2, **options),
            ]
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(n * num_filters) for n in (1, 2, 1))
        self.norms.append(nn.BatchNorm2d(num_colours))
        self.last = nn.Conv2d(num_colours, num_colours, kernel, padding="same")

    def forward(self, x):
        sizes, outputs = [], []
        for conv, norm in zip(self.down, self.norms):
            sizes.append(x.shape[2:])
            x = F.relu(norm(conv(x)))
            outputs.append(x)
        for conv, norm in zip(self.up, self.norms[2:]):
            x = F.relu(norm(conv(x, output_size=sizes.pop())))
            outputs.append(x)
        return self.last(x), outputs
