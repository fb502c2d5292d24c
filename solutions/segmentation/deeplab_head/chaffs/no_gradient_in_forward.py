"""forward runs under torch.no_grad(), so that the new layer gets no gradient either."""

import torch
import torch.nn as nn

LOSES = {"step"}


class DeepLabV3(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = torch.hub.load("pytorch/vision", "deeplabv3_resnet101", weights="DEFAULT")
        for parameter in self.model.parameters():
            parameter.requires_grad = False
        self.model.classifier[4] = nn.Conv2d(256, 2, kernel_size=1)

    def forward(self, x):
        with torch.no_grad():
            return self.model(x)["out"]


def make_optimizer(model, learn_rate):
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learn_rate)
