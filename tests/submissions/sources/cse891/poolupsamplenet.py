import torch.nn as nn


class PoolUpsampleNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        padding = kernel // 2

        def block(inputs, outputs, resize):
            conv = nn.Conv2d(inputs, outputs, kernel_size=kernel, padding=padding)
            return nn.Sequential(conv, resize, nn.BatchNorm2d(outputs), nn.ReLU())

        self.first = block(num_in_channels, num_filters, nn.MaxPool2d(kernel_size=2))
        self.second = block(num_filters, 2 * num_filters, nn.MaxPool2d(kernel_size=2))
        self.third = block(2 * num_filters, num_filters, nn.Upsample(scale_factor=2))
        self.fourth = block(num_filters, num_colours, nn.Upsample(scale_factor=2))
        self.last = nn.Conv2d(num_colours, num_colours, kernel_size=kernel, padding=padding)

    def forward(self, x):
        return self.last(self.fourth(self.third(self.second(self.first(x)))))
