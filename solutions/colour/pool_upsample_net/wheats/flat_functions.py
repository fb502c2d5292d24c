"""Flat attributes, made from the back to the front; functions; the convolutions called by .forward()."""

import torch.nn as nn
import torch.nn.functional as F


class PoolUpsampleNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels, **options):
        super().__init__()
        NIC, NF, NC = num_in_channels, num_filters, num_colours
        pad = (kernel - 1) // 2
        self.final = nn.Conv2d(NC, NC, kernel, padding=pad)
        self.bn4 = nn.BatchNorm2d(NC)
        self.conv4 = nn.Conv2d(NF, NC, kernel, padding=pad)
        self.bn3 = nn.BatchNorm2d(NF)
        self.conv3 = nn.Conv2d(2 * NF, NF, kernel, padding=pad)
        self.bn2 = nn.BatchNorm2d(2 * NF)
        self.conv2 = nn.Conv2d(NF, 2 * NF, kernel, padding=pad)
        self.bn1 = nn.BatchNorm2d(NF)
        self.conv1 = nn.Conv2d(NIC, NF, kernel, padding=pad)

    def forward(self, x):
        x = F.relu(self.bn1(F.max_pool2d(self.conv1.forward(x), 2)))
        x = F.relu(self.bn2(F.max_pool2d(self.conv2.forward(x), 2)))
        x = F.relu(self.bn3(F.interpolate(self.conv3.forward(x), scale_factor=2)))
        x = F.relu(self.bn4(F.interpolate(self.conv4.forward(x), scale_factor=2, mode="nearest")))
        return self.final.forward(x)
