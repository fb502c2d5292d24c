"""A class in functional style, registered from the back to the front; the batch size is the notebook's."""

import torch
import torch.nn as nn
import torch.nn.functional as F

batch_size = 128


class DCGenerator(nn.Module):
    def __init__(self, noise_dim=96):
        super().__init__()
        self.up2 = nn.ConvTranspose2d(64, 1, 4, stride=2, padding=1)
        self.up1 = nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1)
        self.fc2 = nn.Linear(1024, 128 * 49)
        self.fc1 = nn.Linear(noise_dim, 1024)
        self.norms = nn.ModuleList([nn.BatchNorm1d(1024), nn.BatchNorm1d(128 * 49), nn.BatchNorm2d(64)])

    def forward(self, z):
        x = self.norms[0](F.relu(self.fc1(z)))
        x = self.norms[1](F.relu(self.fc2(x))).view(batch_size, 128, 7, 7)
        x = self.norms[2](F.relu(self.up1(x)))
        return torch.tanh(self.up2(x)).view(batch_size, 784)


def build_dc_generator(noise_dim=96):
    return DCGenerator(noise_dim)
