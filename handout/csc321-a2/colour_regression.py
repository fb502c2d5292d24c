# grader: assignment=csc321-a2

"""Colourization as regression: train RegressionCNN and save pictures of what it does.

    python colour_regression.py                    trains, and writes to outputs/regression/
    python colour_regression.py --help             shows the settings

Nothing is to be written in this file: read it, run it, and look at curve.png and images.png.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

from grader.datasets import cifar10

# **`process` is given.** What follows says how it works; there is nothing to write in it.

# Horses, grey and small
#
# CIFAR-10 has images of ten classes. `process(xs, ys, max_pixel=256.0, downsize_input=False)` makes the training data
# for one of them, horses, which are class 7. `xs` is an array [N, 3, 32, 32] with values from 0 to 255, `ys` holds the
# classes, [N, 1] or [N]. It returns two arrays whose rows belong together:
#
# 1. Take the images of class 7 alone, and bring them into random order.
# 2. Divide by `max_pixel`, so that values lie between 0 and 1. These are the first array, `rgb`: what the network
#    shall arrive at.
# 3. The second array is what the network starts from. Usually it is grey: the mean of red, green and blue, of shape
#    [horses, 1, 32, 32].
# 4. With `downsize_input=True`, for super-resolution, it is instead the image in lower resolution: `nn.AvgPool2d(2)`
#    twice, which makes it small, and `nn.Upsample(scale_factor=2)` twice (it repeats pixels), which brings it back to
#    32×32. It keeps its three colours.
#
# Leave `xs` as it is: do not divide or shuffle in place. Shuffle the images once, before grey or small images are made
# of them.

HORSE = 7


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    """Images [N, 3, 32, 32] and classes [N, 1] or [N] -> (rgb [n, 3, 32, 32], grey [n, 1, 32, 32]) of the n horses.

    With downsize_input, the second array is [n, 3, 32, 32]: the images in lower resolution.
    """
    horses = xs[np.reshape(ys, -1) == HORSE] / max_pixel
    rgb = np.random.permutation(horses)
    if not downsize_input:
        return rgb, rgb.mean(axis=1, keepdims=True)
    lower = nn.Sequential(nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2))
    return rgb, lower(torch.from_numpy(rgb)).numpy()

# **`MyConv2d` is given.** What follows says how it works; there is nothing to write in it.

import torch.nn.functional as F

# A convolution layer of our own
#
# `MyConv2d` stands in for `nn.Conv2d`, with stride 1. Its constructor is written for you: it makes `weight`, of
# shape `[out_channels, in_channels, kernel_size, kernel_size]`, and `bias`, of shape `[out_channels]`, and settles
# the padding: `kernel_size // 2` where none is given.
#
# Write `forward`. For every output channel and every position of the image, multiply the window of the zero-padded
# input by the kernel, sum over the window and over all input channels, and add that channel's bias. You may use
# `F.conv2d`, `F.unfold` or plain tensor operations, but not `nn.Conv2d`.


class MyConv2d(nn.Module):
    """A convolution with stride 1.

    x [batch, in_channels, height, width] -> [batch, out_channels, height', width'], where
    height' = height + 2 * padding - kernel_size + 1, and width' likewise.
    """

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.padding = kernel_size // 2 if padding is None else padding
        bound = 1 / np.sqrt(in_channels * kernel_size * kernel_size)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)

# **`RegressionCNN` is given.** What follows says how it works; there is nothing to write in it.

# Colourization as regression
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


class RegressionCNN(nn.Module):
    """x [batch, 1, height, width] -> colours [batch, 3, height, width]. Height and width are multiples of 4."""

    def __init__(self, kernel, num_filters):
        super().__init__()
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

    def forward(self, x):
        down = self.downconv2(self.downconv1(x))
        return self.finalconv(self.upconv2(self.upconv1(self.rfconv(down))))


def mean_squared_error(network, grey, rgb):
    """Of all colours of all pixels, for arrays of images; a tensor without dimensions."""
    device = next(network.parameters()).device
    images, wanted = (torch.from_numpy(array).float().to(device) for array in (grey, rgb))
    return nn.functional.mse_loss(network(images), wanted)


def train_regression(network, data, validation, epochs, batch_size, learn_rate):
    """Train the network on (rgb, grey); returns the losses of training and of validation, one of each an epoch."""
    rgb, grey = data
    adam = torch.optim.Adam(network.parameters(), lr=learn_rate)
    train_errors, valid_errors = [], []
    for number in range(1, epochs + 1):
        network.train()
        of_batches = []
        for start in range(0, len(rgb), batch_size):
            adam.zero_grad()
            error = mean_squared_error(network, grey[start : start + batch_size], rgb[start : start + batch_size])
            error.backward()
            adam.step()
            of_batches.append(error.item())
        network.eval()
        with torch.no_grad():
            valid_errors.append(mean_squared_error(network, validation[1], validation[0]).item())
        train_errors.append(np.mean(of_batches))
        print(f"epoch {number}: training loss {train_errors[-1]:.5f}, validation loss {valid_errors[-1]:.5f}")
    return train_errors, valid_errors


def save_rows(rows, path):
    """Save rows of images as a picture: a dictionary of names and arrays [n, 1 or 3, height, width] from 0 to 1."""
    _, axes = plt.subplots(len(rows), 1, figsize=(10, 1.1 * len(rows)), squeeze=False)
    for place, (name, images) in zip(axes[:, 0], rows.items()):
        strip = np.concatenate(list(images.clip(0, 1)), axis=2)
        place.imshow(np.moveaxis(strip, 0, -1).squeeze(), cmap="gray", vmin=0, vmax=1)
        place.set(xticks=[], yticks=[])
        place.set_ylabel(name, rotation="horizontal", ha="right", va="center")
    plt.savefig(path, bbox_inches="tight")
    plt.close()
    print(f"wrote {path}")


def save_curves(train_errors, valid_errors, path):
    """Save both losses, one value an epoch, as a picture."""
    plt.figure()
    plt.plot(train_errors, label="training")
    plt.plot(valid_errors, label="validation")
    plt.xlabel("epoch")
    plt.ylabel("mean squared error")
    plt.legend()
    plt.savefig(path)
    plt.close()
    print(f"wrote {path}")


def main():
    parser = argparse.ArgumentParser(description="Colourization as regression")
    parser.add_argument("-k", "--kernel", type=int, default=3)
    parser.add_argument("-f", "--num_filters", type=int, default=32)
    parser.add_argument("-l", "--learn_rate", type=float, default=0.001)
    parser.add_argument("-b", "--batch_size", type=int, default=100)
    parser.add_argument("-e", "--epochs", type=int, default=25)
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--offline", action="store_true", help="pictures made by code in place of CIFAR-10")
    parser.add_argument("--images", type=int, help="take so many images, horses and others; else all")
    args = parser.parse_args()
    folder = Path("outputs", "regression")
    folder.mkdir(parents=True, exist_ok=True)
    np.random.seed(0)
    torch.manual_seed(0)
    splits = [(xs[: args.images], ys[: args.images]) for xs, ys in cifar10(offline=args.offline, often="horse")]
    data, validation = (process(xs, ys) for xs, ys in splits)
    network = RegressionCNN(args.kernel, args.num_filters).to("cuda" if args.gpu else "cpu")
    losses = train_regression(network, data, validation, args.epochs, args.batch_size, args.learn_rate)
    save_curves(*losses, folder / "curve.png")
    rgb, grey = (images[:10] for images in validation)
    with torch.no_grad():
        coloured = network(torch.from_numpy(grey).float().to(next(network.parameters()).device)).cpu().numpy()
    save_rows({"grey": grey, "network": coloured, "truth": rgb}, folder / "images.png")


if __name__ == "__main__":
    main()
