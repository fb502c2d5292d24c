# %%
import torch.nn as nn

# %% tags=["standalone"]


class MyConv2d(nn.Conv2d):
    """Stands in for the layer of the exercise before, where this file is used alone."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(
            in_channels, out_channels, kernel_size, padding=kernel_size // 2 if padding is None else padding
        )


# %% [markdown]
# ## Colourization as regression
#
# `RegressionCNN` gets grey images and gives three numbers for every pixel: how much red, green and blue it has. It
# first shrinks the image, so that a later layer sees more of it, and then brings it back to its full size. With `NF`
# filters:
#
# | block | layers, in this order | channels | height and width |
# |---|---|---|---|
# | `downconv1` | convolution, max-pooling, batch norm, ReLU | 1 → NF | halved |
# | `downconv2` | convolution, max-pooling, batch norm, ReLU | NF → 2 NF | halved |
# | `rfconv` | convolution, batch norm, ReLU | 2 NF → 2 NF | kept |
# | `upconv1` | convolution, upsampling, batch norm, ReLU | 2 NF → NF | doubled |
# | `upconv2` | convolution, upsampling, batch norm, ReLU | NF → 3 | doubled |
# | `finalconv` | convolution, and nothing after it | 3 → 3 | kept |
#
# - The convolutions are `nn.Conv2d` with the given kernel size and a padding of `kernel // 2`, which keeps height and
#   width; `finalconv` is a `MyConv2d`, which has that padding by itself.
# - Max-pooling has windows of 2×2 pixels. Upsampling is by a factor of 2 and repeats pixels (`mode="nearest"`).
# - The loss is the squared error of the colours, so the output has no activation function.
# - Use the arguments; write no sizes in. The network should also work with kernel size 5 or 8 filters.
#
# With kernel 3 and 32 filters it has 75,549 trainable parameters.


# %%
class RegressionCNN(nn.Module):
    """x [batch, 1, height, width] -> colours [batch, 3, height, width]. Height and width are multiples of 4."""

    def __init__(self, kernel, num_filters):
        super().__init__()
        ### BEGIN SOLUTION
        padding = kernel // 2
        self.downconv1 = nn.Sequential(
            nn.Conv2d(1, num_filters, kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.downconv2 = nn.Sequential(
            nn.Conv2d(num_filters, 2 * num_filters, kernel, padding=padding),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(2 * num_filters),
            nn.ReLU(),
        )
        self.rfconv = nn.Sequential(
            nn.Conv2d(2 * num_filters, 2 * num_filters, kernel, padding=padding),
            nn.BatchNorm2d(2 * num_filters),
            nn.ReLU(),
        )
        self.upconv1 = nn.Sequential(
            nn.Conv2d(2 * num_filters, num_filters, kernel, padding=padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters),
            nn.ReLU(),
        )
        self.upconv2 = nn.Sequential(
            nn.Conv2d(num_filters, 3, kernel, padding=padding),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(3),
            nn.ReLU(),
        )
        self.finalconv = MyConv2d(3, 3, kernel)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        down = self.downconv2(self.downconv1(x))
        return self.finalconv(self.upconv2(self.upconv1(self.rfconv(down))))
        ### END SOLUTION
