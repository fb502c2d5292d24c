"""Blocks as attributes and again in a list of all layers; upsampling by repetition, ReLU by clamp."""

import torch
import torch.nn as nn


class ConvBlock(nn.Module):
    def __init__(self, kernel, n_in, n_out, down=False, up=False):
        super().__init__()
        self.down, self.up = down, up
        self.bn = nn.BatchNorm2d(n_out)
        self.conv = nn.Conv2d(n_in, n_out, kernel, padding=(kernel - 1) // 2)

    def forward(self, x):
        x = self.conv(x)
        if self.down:
            x = torch.max_pool2d(x, 2)
        if self.up:
            x = x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        x = self.bn(x)
        return x.clamp(min=0)


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        self.downconv1 = ConvBlock(kernel, num_in_channels, num_filters, down=True)
        self.downconv2 = ConvBlock(kernel, num_filters, 2 * num_filters, down=True)
        self.rfconv = ConvBlock(kernel, 2 * num_filters, 2 * num_filters)
        self.upconv1 = ConvBlock(kernel, 2 * num_filters, num_filters, up=True)
        self.upconv2 = ConvBlock(kernel, num_filters, num_colours, up=True)
        self.finalconv = nn.Conv2d(num_colours, num_colours, kernel, padding=(kernel - 1) // 2)
        self.all_layers = nn.ModuleList(
            [self.finalconv, self.upconv2, self.upconv1, self.rfconv, self.downconv2, self.downconv1]
        )

    def forward(self, x):
        for layer in reversed(self.all_layers):
            x = layer(x)
        return x
