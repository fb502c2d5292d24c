import torch.nn as nn


class ConvTransposeNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        down = dict(kernel_size=kernel, stride=2, padding=kernel // 2)
        up = dict(down, output_padding=1)
        self.network = nn.Sequential(
            nn.Conv2d(num_in_channels, num_filters, **down), nn.BatchNorm2d(num_filters), nn.ReLU(),
            nn.Conv2d(num_filters, 2 * num_filters, **down), nn.BatchNorm2d(2 * num_filters), nn.ReLU(),
            nn.ConvTranspose2d(2 * num_filters, num_filters, **up), nn.BatchNorm2d(num_filters), nn.ReLU(),
            nn.ConvTranspose2d(num_filters, num_colours, **up), nn.BatchNorm2d(num_colours), nn.ReLU(),
            nn.Conv2d(num_colours, num_colours, kernel, padding=kernel // 2),
        )

    def forward(self, x):
        return self.network(x)
