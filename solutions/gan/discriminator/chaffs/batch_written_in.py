"""A batch size of 128 is written into the network: let it flatten however many images come, with nn.Flatten()."""

import torch.nn as nn

LOSES = {"any-batch"}


class Flatten(nn.Module):
    def forward(self, x):
        return x.view(128, 784)


def discriminator():
    return nn.Sequential(
        Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 1),
    )
