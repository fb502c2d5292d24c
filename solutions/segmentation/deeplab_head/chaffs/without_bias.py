"""The new layer has no bias: with it, 514 parameters learn."""

import torch
import torch.nn as nn

LOSES = {"layer", "learns"}


class DeepLabV3(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = torch.hub.load("pytorch/vision", "deeplabv3_resnet101", weights="DEFAULT")
        for parameter in self.model.parameters():
            parameter.requires_grad = False
        self.model.classifier[4] = nn.Conv2d(256, 2, kernel_size=1, bias=False)

    def forward(self, x):
        return self.model(x)["out"]


def make_optimizer(model, learn_rate):
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learn_rate)
