"""The reshape takes the channels as the last dimension: torch's images have them first, 128×7×7. The number of
parameters does not show it."""

import torch.nn as nn

LOSES = {"values"}


class Unflatten(nn.Module):
    def forward(self, x):
        return x.view(len(x), 7, 7, 128).permute(0, 3, 1, 2)


def build_dc_generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 6272),
        nn.ReLU(),
        nn.BatchNorm1d(6272),
        Unflatten(),
        nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(64),
        nn.ConvTranspose2d(64, 1, 4, stride=2, padding=1),
        nn.Tanh(),
        nn.Flatten(),
    )
