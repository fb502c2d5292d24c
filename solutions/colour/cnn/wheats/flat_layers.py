"""Flat attributes and functions; pooling between batch norm and ReLU; one pooling module used twice."""

import torch.nn as nn
import torch.nn.functional as F


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        pad = kernel // 2
        NF = num_filters
        self.conv1 = nn.Conv2d(num_in_channels, NF, kernel, padding=pad)
        self.conv2 = nn.Conv2d(NF, 2 * NF, kernel, padding=pad)
        self.conv3 = nn.Conv2d(2 * NF, 2 * NF, kernel, padding=pad)
        self.conv4 = nn.Conv2d(2 * NF, NF, kernel, padding=pad)
        self.conv5 = nn.Conv2d(NF, num_colours, kernel, padding=pad)
        self.conv6 = nn.Conv2d(num_colours, num_colours, kernel, padding=pad)
        self.bn1 = nn.BatchNorm2d(NF)
        self.bn2 = nn.BatchNorm2d(2 * NF)
        self.bn3 = nn.BatchNorm2d(2 * NF)
        self.bn4 = nn.BatchNorm2d(NF)
        self.bn5 = nn.BatchNorm2d(num_colours)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)

    def forward(self, x):
        x = F.relu(self.pool(self.bn1(self.conv1(x))))
        x = F.relu(self.pool(self.bn2(self.conv2(x))))
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.relu(F.interpolate(self.bn4(self.conv4(x)), scale_factor=2, mode="nearest"))
        x = F.relu(F.interpolate(self.bn5(self.conv5(x)), scale_factor=2, mode="nearest"))
        return self.conv6(x)
