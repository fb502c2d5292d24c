import torch
import torch.nn as nn


class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        padding = kernel // 2
        NF, NC, NIC = num_filters, num_colours, num_in_channels
        self.down1 = nn.Sequential(nn.Conv2d(NIC, NF, kernel, 2, padding), nn.BatchNorm2d(NF), nn.ReLU())
        self.down2 = nn.Sequential(nn.Conv2d(NF, 2 * NF, kernel, 2, padding), nn.BatchNorm2d(2 * NF), nn.ReLU())
        self.up1 = nn.Sequential(
            nn.ConvTranspose2d(2 * NF, NF, kernel, 2, padding, output_padding=1), nn.BatchNorm2d(NF), nn.ReLU()
        )
        self.up2 = nn.Sequential(
            nn.ConvTranspose2d(2 * NF, NC, kernel, 2, padding, output_padding=1), nn.BatchNorm2d(NC), nn.ReLU()
        )
        self.final = nn.Conv2d(NC + NIC, NC, kernel, padding=padding)

    def forward(self, x):
        down1 = self.down1(x)
        up1 = self.up1(self.down2(down1))
        up2 = self.up2(torch.cat([up1, down1], dim=1))
        return self.final(torch.cat([up2, x], dim=1))
