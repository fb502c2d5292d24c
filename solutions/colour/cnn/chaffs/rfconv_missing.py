"""`rfconv` is missing: one more convolution, batch norm and ReLU, without pooling, stand between the way down and
the way up.
"""

import torch.nn as nn
import torch.nn.functional as F

LOSES = {"values", "general-kernel", "general-filters", "general-colours", "general-channels"}


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        p = kernel // 2
        self.conv1 = nn.Conv2d(num_in_channels, num_filters, kernel, padding=p)
        self.bn1 = nn.BatchNorm2d(num_filters)
        self.conv2 = nn.Conv2d(num_filters, 2 * num_filters, kernel, padding=p)
        self.bn2 = nn.BatchNorm2d(2 * num_filters)
        self.conv4 = nn.Conv2d(2 * num_filters, num_filters, kernel, padding=p)
        self.bn4 = nn.BatchNorm2d(num_filters)
        self.conv5 = nn.Conv2d(num_filters, num_colours, kernel, padding=p)
        self.bn5 = nn.BatchNorm2d(num_colours)
        self.conv6 = nn.Conv2d(num_colours, num_colours, kernel, padding=p)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.interpolate(F.relu(self.bn4(self.conv4(x))), scale_factor=2)
        x = F.interpolate(F.relu(self.bn5(self.conv5(x))), scale_factor=2)
        return self.conv6(x)
