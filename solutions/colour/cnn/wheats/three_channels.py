"""The reading that keeps RegressionCNN's three channels before finalconv; returns the activations too."""

import torch.nn as nn


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        padding = kernel // 2
        self.downconv1 = nn.Sequential(
            nn.Conv2d(num_in_channels, num_filters, kernel_size=kernel, padding=padding),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.downconv2 = nn.Sequential(
            nn.Conv2d(num_filters, num_filters * 2, kernel_size=kernel, padding=padding),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.rfconv = nn.Sequential(
            nn.Conv2d(num_filters * 2, num_filters * 2, kernel_size=kernel, padding=padding),
            nn.BatchNorm2d(num_filters * 2),
            nn.ReLU(),
        )
        self.upconv1 = nn.Sequential(
            nn.Conv2d(num_filters * 2, num_filters, kernel_size=kernel, padding=padding),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
        )
        self.upconv2 = nn.Sequential(
            nn.Conv2d(num_filters, 3, kernel_size=kernel, padding=padding),
            nn.BatchNorm2d(3),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
        )
        self.finalconv = nn.Conv2d(3, num_colours, kernel_size=kernel, padding=padding)

    def forward(self, x):
        activations = [self.downconv1(x)]
        for layer in (self.downconv2, self.rfconv, self.upconv1, self.upconv2):
            activations.append(layer(activations[-1]))
        return self.finalconv(activations[-1]), activations
