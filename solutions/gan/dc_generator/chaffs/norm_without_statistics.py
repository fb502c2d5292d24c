"""Batch norm keeps no running statistics, so in eval mode an image depends on the others of its batch: leave
track_running_stats at its default."""

import torch.nn as nn

LOSES = {"eval-mode"}


def build_dc_generator(noise_dim=96):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024, track_running_stats=False),
        nn.Linear(1024, 6272),
        nn.ReLU(),
        nn.BatchNorm1d(6272, track_running_stats=False),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(64, track_running_stats=False),
        nn.ConvTranspose2d(64, 1, 4, stride=2, padding=1),
        nn.Tanh(),
        nn.Flatten(),
    )
