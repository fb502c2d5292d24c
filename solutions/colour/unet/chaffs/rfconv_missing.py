"""`rfconv` is missing: `upconv1` takes its output, joined with that of `downconv2`, not `downconv2` alone."""

import torch
import torch.nn as nn
import torch.nn.functional as F

LOSES = {"values", "general-kernel", "general-filters", "general-colours", "general-channels"}


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        p = kernel // 2
        self.conv1 = nn.Conv2d(num_in_channels, num_filters, kernel, padding=p)
        self.bn1 = nn.BatchNorm2d(num_filters)
        self.conv2 = nn.Conv2d(num_filters, 2 * num_filters, kernel, padding=p)
        self.bn2 = nn.BatchNorm2d(2 * num_filters)
        self.conv4 = nn.Conv2d(2 * num_filters, num_filters, kernel, padding=p)
        self.bn4 = nn.BatchNorm2d(num_filters)
        self.conv5 = nn.Conv2d(2 * num_filters, num_colours, kernel, padding=p)
        self.bn5 = nn.BatchNorm2d(num_colours)
        self.conv6 = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=p)

    def forward(self, x):
        h1 = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        h2 = F.max_pool2d(F.relu(self.bn2(self.conv2(h1))), 2)
        h4 = F.interpolate(F.relu(self.bn4(self.conv4(h2))), scale_factor=2)
        h5 = F.interpolate(F.relu(self.bn5(self.conv5(torch.cat((h4, h1), 1)))), scale_factor=2)
        return self.conv6(torch.cat((h5, x), 1))
