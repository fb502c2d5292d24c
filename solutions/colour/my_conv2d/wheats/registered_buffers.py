"""Parameters through register_parameter, shapes from tuples, an initialisation of its own."""

import math

import torch
import torch.nn as nn


class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.in_channels = in_channels
        self.kernel_size = kernel_size
        self.register_parameter("bias", nn.Parameter(torch.Tensor(out_channels)))
        self.register_parameter(
            "weight", nn.Parameter(torch.Tensor(out_channels, in_channels, kernel_size, kernel_size))
        )
        if padding is None:
            self.padding = kernel_size // 2
        else:
            self.padding = padding
        self.reset_parameters()

    def reset_parameters(self):
        n = self.in_channels * self.kernel_size**2
        stdv = 1.0 / math.sqrt(n)
        self.weight.data.uniform_(-stdv, stdv)
        self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input):
        return torch.conv2d(input, self.weight, self.bias, stride=1, padding=(self.padding, self.padding))
