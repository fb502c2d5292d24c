"""A class in functional style, called as a function is; its layers are registered from the back to the front."""

import torch.nn as nn
import torch.nn.functional as F


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Linear(256, 1)
        self.hidden2 = nn.Linear(256, 256)
        self.hidden1 = nn.Linear(28 * 28, 256)

    def forward(self, images):
        x = images.view(images.size(0), -1)
        x = F.leaky_relu(self.hidden1(x))  # torch's own slope is 0.01
        x = F.leaky_relu(self.hidden2(x), 0.01, inplace=True)
        return self.score(x)
