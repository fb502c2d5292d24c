"""A batch size of 128 is written into the reshape: use nn.Unflatten(1, (128, 7, 7)), which takes any."""

import torch.nn as nn

LOSES = {"any-batch"}


class Unflatten(nn.Module):
    def forward(self, x):
        return x.view(128, 128, 7, 7)


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
