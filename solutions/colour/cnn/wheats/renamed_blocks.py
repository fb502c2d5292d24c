"""Helper function for the blocks, other names, extra constructor arguments, ReLU in place."""

import torch.nn as nn


def block(cin, cout, k, resize=None):
    layers = [nn.Conv2d(cin, cout, k, padding=k // 2)]
    if resize is not None:
        layers.append(resize)
    layers += [nn.BatchNorm2d(cout), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1, verbose=False, **kwargs):
        super().__init__()
        # made from the back to the front: the order of registration is not the order of use
        self.head = nn.Conv2d(num_colours, num_colours, kernel, padding=kernel // 2)
        self.dec2 = block(num_filters, num_colours, kernel, nn.Upsample(scale_factor=2, mode="nearest"))
        self.dec1 = block(num_filters * 2, num_filters, kernel, nn.Upsample(scale_factor=2, mode="nearest"))
        self.bottleneck = block(num_filters * 2, num_filters * 2, kernel)
        self.enc2 = block(num_filters, num_filters * 2, kernel, nn.MaxPool2d(2))
        self.enc1 = block(num_in_channels, num_filters, kernel, nn.MaxPool2d(2))
        self.verbose = verbose

    def forward(self, x):
        x = self.enc1(x)
        x = self.enc2(x)
        x = self.bottleneck(x)
        x = self.dec1(x)
        x = self.dec2(x)
        if self.verbose:
            print(x.shape)
        return self.head(x)
