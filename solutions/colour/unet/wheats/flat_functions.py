"""Every weight a parameter of the network itself, functions for the rest; batch norm from its modules."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        self.pad = kernel // 2
        channels = {
            "down1": (num_in_channels, num_filters),
            "down2": (num_filters, 2 * num_filters),
            "middle": (2 * num_filters, 2 * num_filters),
            "up1": (4 * num_filters, num_filters),
            "up2": (2 * num_filters, num_colours),
            "last": (num_colours + num_in_channels, num_colours),
        }
        for name, (n_in, n_out) in channels.items():
            setattr(self, name + "_b", nn.Parameter(torch.zeros(n_out)))
            setattr(self, name + "_w", nn.Parameter(torch.randn(n_out, n_in, kernel, kernel) * 0.05))
            if name != "last":
                setattr(self, name + "_bn", nn.BatchNorm2d(n_out))

    def conv(self, name, x):
        bias = getattr(self, name + "_b").view(1, -1, 1, 1)
        return bias + F.conv2d(x, getattr(self, name + "_w"), padding=self.pad)

    def forward(self, x):
        a = F.relu(self.down1_bn(F.max_pool2d(self.conv("down1", x), 2)))
        b = F.relu(self.down2_bn(F.max_pool2d(self.conv("down2", a), 2)))
        c = F.relu(self.middle_bn(self.conv("middle", b)))
        d = F.relu(self.up1_bn(F.interpolate(self.conv("up1", torch.cat([c, b], 1)), scale_factor=2)))
        e = F.relu(self.up2_bn(F.interpolate(self.conv("up2", torch.cat([a, d], 1)), scale_factor=2)))
        return self.conv("last", torch.cat([x, e], 1))
