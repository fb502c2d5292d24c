"""One sequence of layers, written with keyword arguments."""

import torch.nn as nn


class ConvTransposeNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        p = kernel // 2
        self.net = nn.Sequential(
            nn.Conv2d(in_channels=num_in_channels, out_channels=num_filters, kernel_size=kernel, stride=2, padding=p),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(inplace=True),
            nn.Conv2d(in_channels=num_filters, out_channels=2 * num_filters, kernel_size=kernel, stride=2, padding=p),
            nn.BatchNorm2d(2 * num_filters),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(2 * num_filters, num_filters, kernel, 2, p, 1),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(num_filters, num_colours, kernel, 2, p, 1),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(inplace=True),
            nn.Conv2d(num_colours, num_colours, kernel, padding=p),
        )

    def forward(self, x):
        return self.net(x)
