# %% tags=["standalone"]
import torch
import torch.nn as nn


class MyConv2d(nn.Conv2d):
    """Stands in for the layer of the exercise before, where this file is used alone."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(
            in_channels, out_channels, kernel_size, padding=kernel_size // 2 if padding is None else padding
        )


class MyDilatedConv2d(nn.Conv2d):
    """Stands in for the layer with gaps, where this file is used alone."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None, dilation=1):
        step = dilation + 1
        padding = step * (kernel_size // 2) if padding is None else padding
        super().__init__(in_channels, out_channels, kernel_size, padding=padding, dilation=step)


# %% [markdown]
# ## A UNet that sees more
#
# `DilatedUNet` is `UNet` with one change: in the middle, where the image is smallest, the convolution has a gap between
# the numbers of its kernel, so that every pixel there sees more of the image, at no further weights. With `NIC` input
# channels, `NF` filters and `NC` colours:
#
# | block | gets | layers, in this order | channels | height and width |
# |---|---|---|---|---|
# | `downconv1` | the image | convolution, max-pooling, batch norm, ReLU | NIC → NF | halved |
# | `downconv2` | `downconv1` | convolution, max-pooling, batch norm, ReLU | NF → 2 NF | halved |
# | `rfconv` | `downconv2` | **dilated** convolution, batch norm, ReLU | 2 NF → 2 NF | kept |
# | `upconv1` | `rfconv` and `downconv2` | convolution, upsampling, batch norm, ReLU | 4 NF → NF | doubled |
# | `upconv2` | `upconv1` and `downconv1` | convolution, upsampling, batch norm, ReLU | 2 NF → NC | doubled |
# | `finalconv` | `upconv2` and the image | convolution, and nothing after it | NC + NIC → NC | kept |
#
# The dilated convolution is a `MyDilatedConv2d` with dilation 1, that is, with one gap. Without a padding argument it
# keeps height and width; with kernel 3 that takes a padding of 2. The other convolutions are `MyConv2d`, and pooling,
# upsampling and output are as in `UNet`. The number of parameters is that of `UNet`, 112,344 with kernel 3, 32 filters,
# 24 colours and 1 input channel. It should work with other sizes too.


# %%
class DilatedUNet(nn.Module):
    """x [batch, num_in_channels, height, width] -> logits [batch, num_colours, height, width].

    Height and width are multiples of 4.
    """

    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        ### BEGIN SOLUTION
        self.downconv1 = nn.Sequential(
            MyConv2d(num_in_channels, num_filters, kernel), nn.MaxPool2d(2), nn.BatchNorm2d(num_filters), nn.ReLU()
        )
        self.downconv2 = nn.Sequential(
            MyConv2d(num_filters, 2 * num_filters, kernel), nn.MaxPool2d(2), nn.BatchNorm2d(2 * num_filters), nn.ReLU()
        )
        self.rfconv = nn.Sequential(
            MyDilatedConv2d(2 * num_filters, 2 * num_filters, kernel, dilation=1),
            nn.BatchNorm2d(2 * num_filters),
            nn.ReLU(),
        )
        self.upconv1 = nn.Sequential(
            MyConv2d(4 * num_filters, num_filters, kernel),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            MyConv2d(2 * num_filters, num_colours, kernel),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(),
        )
        self.finalconv = MyConv2d(num_colours + num_in_channels, num_colours, kernel)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        down1 = self.downconv1(x)
        down2 = self.downconv2(down1)
        middle = self.rfconv(down2)
        up1 = self.upconv1(torch.cat([middle, down2], dim=1))
        up2 = self.upconv2(torch.cat([up1, down1], dim=1))
        return self.finalconv(torch.cat([up2, x], dim=1))
        ### END SOLUTION
