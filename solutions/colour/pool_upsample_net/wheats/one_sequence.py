"""One sequence of layers made by a function; repeat_interleave for the upsampling; pooling behind the ReLU."""

import torch.nn as nn


class Twice(nn.Module):
    def forward(self, x):
        return x.repeat_interleave(2, dim=-2).repeat_interleave(2, dim=-1)


def block(n_in, n_out, kernel, resize):
    return [nn.Conv2d(n_in, n_out, kernel, 1, kernel // 2), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True), resize]


class PoolUpsampleNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        self.net = nn.Sequential(
            *block(num_in_channels, num_filters, kernel, nn.MaxPool2d(2, 2)),
            *block(num_filters, 2 * num_filters, kernel, nn.MaxPool2d(2, 2)),
            *block(2 * num_filters, num_filters, kernel, Twice()),
            *block(num_filters, num_colours, kernel, Twice()),
            nn.Conv2d(num_colours, num_colours, kernel, 1, kernel // 2),
        )

    def forward(self, x):
        return self.net(x)
