# %% tags=["standalone"]
import torch.nn as nn


class MyConv2d(nn.Conv2d):
    """Stands in for the layer of the exercise before, where this file is used alone."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(
            in_channels, out_channels, kernel_size, padding=kernel_size // 2 if padding is None else padding
        )


# %% [markdown]
# ## A convolutional network
#
# `CNN` gets grey images and gives, for every pixel, one score (a logit) for each of `num_colours` colours. It first
# shrinks the image, so that a later layer sees more of it, and then brings it back to its full size. With `NIC`
# input channels, `NF` filters and `NC` colours:
#
# | block | layers, in this order | channels | height and width |
# |---|---|---|---|
# | `downconv1` | convolution, max-pooling, batch norm, ReLU | NIC → NF | halved |
# | `downconv2` | convolution, max-pooling, batch norm, ReLU | NF → 2 NF | halved |
# | `rfconv` | convolution, batch norm, ReLU | 2 NF → 2 NF | kept |
# | `upconv1` | convolution, upsampling, batch norm, ReLU | 2 NF → NF | doubled |
# | `upconv2` | convolution, upsampling, batch norm, ReLU | NF → NC | doubled |
# | `finalconv` | convolution, and nothing after it | NC → NC | kept |
#
# - Every convolution is a `MyConv2d` with the given kernel size and its usual padding, so that it keeps height and
#   width.
# - Max-pooling has windows of 2×2 pixels. Upsampling is by a factor of 2 and repeats pixels (`mode="nearest"`).
# - The output is raw scores: the loss function applies the softmax.
# - Use the arguments; write no sizes in. Your network should also work with kernel size 5, with 8 filters, 5 colours
#   or 3 input channels.
#
# With the sizes used in this assignment (kernel 3, 32 filters, 24 colours, 1 input channel) it has 86,784 trainable
# parameters.


# %%
class CNN(nn.Module):
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
            MyConv2d(2 * num_filters, 2 * num_filters, kernel), nn.BatchNorm2d(2 * num_filters), nn.ReLU()
        )
        self.upconv1 = nn.Sequential(
            MyConv2d(2 * num_filters, num_filters, kernel),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            MyConv2d(num_filters, num_colours, kernel),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_colours),
            nn.ReLU(),
        )
        self.finalconv = MyConv2d(num_colours, num_colours, kernel)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        down = self.downconv2(self.downconv1(x))
        return self.finalconv(self.upconv2(self.upconv1(self.rfconv(down))))
        ### END SOLUTION
