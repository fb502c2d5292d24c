"""`rfconv` is missing: a convolution with batch norm and ReLU, from 2 NF to 2 NF channels, stands between the way
down and the way up.
"""

import torch.nn as nn

LOSES = {"values", "general-kernel", "general-filters"}


class RegressionCNN(nn.Module):
    def __init__(self, kernel, num_filters):
        super().__init__()
        padding = kernel // 2
        self.downconv1 = nn.Sequential(
            nn.Conv2d(1, num_filters, kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.downconv2 = nn.Sequential(
            nn.Conv2d(num_filters, num_filters * 2, kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
        )
        self.upconv1 = nn.Sequential(
            nn.Conv2d(num_filters * 2, num_filters, kernel, padding=padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            nn.Conv2d(num_filters, 3, kernel, padding=padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(3),
            nn.ReLU(),
        )
        self.finalconv = nn.Conv2d(3, 3, kernel, padding=padding)

    def forward(self, x):
        out = self.downconv1(x)
        out = self.downconv2(out)
        out = self.upconv1(out)
        out = self.upconv2(out)
        return self.finalconv(out)
