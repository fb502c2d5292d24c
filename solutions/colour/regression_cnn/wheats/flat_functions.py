"""Flat attributes and functions; four arguments, the last two without a meaning here."""

import torch.nn as nn
import torch.nn.functional as F


class RegressionCNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        pad = kernel // 2
        self.conv1 = nn.Conv2d(1, num_filters, kernel, padding=pad)
        self.conv2 = nn.Conv2d(num_filters, 2 * num_filters, kernel, padding=pad)
        self.conv3 = nn.Conv2d(2 * num_filters, 2 * num_filters, kernel, padding=pad)
        self.conv4 = nn.Conv2d(2 * num_filters, num_filters, kernel, padding=pad)
        self.conv5 = nn.Conv2d(num_filters, 3, kernel, padding=pad)
        self.conv6 = nn.Conv2d(3, 3, kernel, padding=pad)
        self.bn1 = nn.BatchNorm2d(num_filters)
        self.bn2 = nn.BatchNorm2d(2 * num_filters)
        self.bn3 = nn.BatchNorm2d(2 * num_filters)
        self.bn4 = nn.BatchNorm2d(num_filters)
        self.bn5 = nn.BatchNorm2d(3)

    def forward(self, x):
        x = F.relu(self.bn1(F.max_pool2d(self.conv1(x), 2)))
        x = F.relu(self.bn2(F.max_pool2d(self.conv2(x), 2)))
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.relu(self.bn4(F.interpolate(self.conv4(x), scale_factor=2)))
        x = F.relu(self.bn5(F.interpolate(self.conv5(x), scale_factor=2)))
        return self.conv6(x)
