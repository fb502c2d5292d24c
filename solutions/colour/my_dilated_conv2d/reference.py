# %% tags=["standalone"]
import torch
import torch.nn as nn
import torch.nn.functional as F


class MyConv2d(nn.Module):
    """Stands in for the layer of the exercise before, where this file is used alone."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) / kernel_size)
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


# %% [markdown]
# ## A convolution with gaps
#
# A dilated convolution spreads the numbers of its kernel out, so that a few weights look at a larger window.
# `MyDilatedConv2d` extends `MyConv2d` by the argument `dilation`: the number of **gaps**, pixels that are skipped
# between neighbouring numbers of the kernel. A 3×3 kernel reaches over
#
# | `dilation` | pixels in a row (`w`: multiplied by a weight, `.`: skipped) | window |
# |---|---|---|
# | 0 | `w w w` | 3×3, a plain convolution |
# | 1 | `w . w . w` | 5×5 |
# | 3 | `w . . . w . . . w` | 9×9 |
#
# torch counts differently: what is 1 here, one gap, torch calls a dilation of 2.
#
# - `padding` zeros go around the image. Where no padding is given, an odd kernel keeps height and width: for kernel
#   size 3 and dilation 1 that takes a padding of 2.
# - Do the spreading yourself. No convolution function may get a dilation other than 1; apart from that,
#   everything is allowed.
# - `self.weight` keeps its shape, `[out_channels, in_channels, kernel_size, kernel_size]`. It must stay the same
#   parameter object, which the optimizer holds, and the gradient must reach it.
#
# One way: make a larger kernel of zeros, and write the weight into every place that is not a gap. Writing a parameter
# into a new tensor is fine for autograd; `self.weight.data` is not, as it cuts the gradient off.


# %%
class MyDilatedConv2d(MyConv2d):
    """A convolution with stride 1, and `dilation` pixels skipped between the numbers of the kernel.

    x [batch, in_channels, height, width] -> [batch, out_channels, height', width'], where
    height' = height + 2 * padding - (dilation + 1) * (kernel_size - 1), and width' likewise.
    """

    def __init__(self, in_channels, out_channels, kernel_size, padding=None, dilation=1):
        ### BEGIN SOLUTION
        if padding is None:
            padding = (dilation + 1) * (kernel_size // 2)
        super().__init__(in_channels, out_channels, kernel_size, padding)
        self.dilation = dilation
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        step = self.dilation + 1
        reach = step * (self.kernel_size - 1) + 1
        spread = self.weight.new_zeros(*self.weight.shape[:2], reach, reach)
        spread[:, :, ::step, ::step] = self.weight
        return F.conv2d(x, spread, self.bias, padding=self.padding)
        ### END SOLUTION
