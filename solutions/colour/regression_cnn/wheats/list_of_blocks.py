"""Blocks in a ModuleList, pooling and upsampling last; returns every block's output too."""

import torch.nn as nn


class RegressionCNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours=24, num_in_channels=1):
        super().__init__()
        channels = [1, num_filters, num_filters * 2, num_filters * 2, num_filters, 3]
        resize = [nn.MaxPool2d(2), nn.MaxPool2d(2), None, nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2)]
        self.last = nn.Conv2d(3, 3, kernel, padding="same")
        self.blocks = nn.ModuleList()
        for n_in, n_out, change in zip(channels, channels[1:], resize):
            layers = [nn.Conv2d(n_in, n_out, kernel, padding="same"), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True)]
            self.blocks.append(nn.Sequential(*layers, *([change] if change else [])))

    def forward(self, x):
        outputs = []
        for block in self.blocks:
            x = block(x)
            outputs.append(x)
        return self.last(x), outputs
