"""The layers stand in a plain Python list, so the network registers none of them and no optimizer finds them. Put
them into nn.Sequential or nn.ModuleList."""

import torch.nn as nn
import torch.nn.functional as F

LOSES = {"gradients"}


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(784, 256), nn.Linear(256, 256), nn.Linear(256, 1)]

    def forward(self, x):
        x = x.view(len(x), -1)
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), 0.01)
        return self.layers[-1](x)


def discriminator():
    return Discriminator()
