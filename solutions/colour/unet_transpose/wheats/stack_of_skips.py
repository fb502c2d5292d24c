"""ModuleLists, a stack of skip connections, and sizes asked for; (skip, previous) and then (previous, skip)."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        pad = kernel // 2
        widths = [num_in_channels, num_filters, 2 * num_filters]
        self.down = nn.ModuleList([nn.Conv2d(a, b, kernel, 2, pad) for a, b in zip(widths, widths[1:])])
        self.up = nn.ModuleList(
            [nn.ConvTranspose2d(2 * num_filters, n, kernel, 2, pad) for n in (num_filters, num_colours)]
        )
        self.norms = nn.ModuleList([nn.BatchNorm2d(n) for n in (*widths[1:], num_filters, num_colours)])
        self.last = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=pad)

    def forward(self, x):
        skips = [x]
        for conv, norm in zip(self.down, self.norms):
            skips.append(F.relu(norm(conv(skips[-1]))))
        joined = skips.pop()
        for conv, norm in zip(self.up, self.norms[2:]):
            skip = skips.pop()
            out = F.relu(norm(conv(joined, output_size=skip.shape[2:])))
            joined = torch.cat([skip, out] if skips else [out, skip], dim=1)
        return self.last(joined)
