# grader: assignment=csc321-a2

"""Colourization as classification: every pixel of a grey image gets one of 24 colours.

    python colourization.py --model CNN --checkpoint cnn.pt               trains, and saves the weights
    python colourization.py --model CNN --checkpoint cnn.pt --valid       loads them, and looks at validation images
    python colourization.py --model UNet -b 10 -e 5
    python colourization.py --model CNN --checkpoint cnn.pt --valid --activations 3
    python colourization.py --help                                        shows the settings

Pictures are written to outputs/<model>/: training_curve.png, images.png, and activations-1.png and so on. The parts to
write are marked YOUR CODE HERE. Keep the names and arguments of the classes: they are what gets graded.
"""

import argparse
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

from grader.datasets import cifar10, colours

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

# A convolutional network
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


class CNN(nn.Module):
    """x [batch, num_in_channels, height, width] -> logits [batch, num_colours, height, width].

    Height and width are multiples of 4.
    """

    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError

# Skip connections: a UNet
#
# Shrinking the image loses detail that the way back up cannot invent. `UNet` hands it across: each block on the way
# up, and the last convolution, also gets what a block on the way down saw at the same size. `torch.cat` joins the
# two along the channels, what comes from the previous block first. With `NIC` input channels, `NF` filters and `NC`
# colours:
#
# | block | gets | layers, in this order | channels | height and width |
# |---|---|---|---|---|
# | `downconv1` | the image | convolution, max-pooling, batch norm, ReLU | NIC → NF | halved |
# | `downconv2` | `downconv1` | convolution, max-pooling, batch norm, ReLU | NF → 2 NF | halved |
# | `rfconv` | `downconv2` | convolution, batch norm, ReLU | 2 NF → 2 NF | kept |
# | `upconv1` | `rfconv` and `downconv2` | convolution, upsampling, batch norm, ReLU | 4 NF → NF | doubled |
# | `upconv2` | `upconv1` and `downconv1` | convolution, upsampling, batch norm, ReLU | 2 NF → NC | doubled |
# | `finalconv` | `upconv2` and the image | convolution, and nothing after it | NC + NIC → NC | kept |
#
# Convolutions, pooling, upsampling and output are as in `CNN`. With kernel 3, 32 filters, 24 colours and 1 input
# channel the network has 112,344 trainable parameters. It should work with other sizes too.


class UNet(nn.Module):
    """x [batch, num_in_channels, height, width] -> logits [batch, num_colours, height, width].

    Height and width are multiples of 4.
    """

    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError

# A convolution with gaps
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


class MyDilatedConv2d(MyConv2d):
    """A convolution with stride 1, and `dilation` pixels skipped between the numbers of the kernel.

    x [batch, in_channels, height, width] -> [batch, out_channels, height', width'], where
    height' = height + 2 * padding - (dilation + 1) * (kernel_size - 1), and width' likewise.
    """

    def __init__(self, in_channels, out_channels, kernel_size, padding=None, dilation=1):
        # YOUR CODE HERE
        raise NotImplementedError

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError

# A UNet that sees more
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


class DilatedUNet(nn.Module):
    """x [batch, num_in_channels, height, width] -> logits [batch, num_colours, height, width].

    Height and width are multiples of 4.
    """

    def __init__(self, kernel, num_filters, num_colours, num_in_channels=1):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError

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

# **`get_rgb_cat` is given.** What follows says how it works; there is nothing to write in it.

# Colours as classes
#
# To make colourization a classification, every pixel of a colour image gets the number of the colour in a small
# palette that is nearest to it, and the network has to tell this number. The palette `colours` is an array of shape
# [K, 3]: red, green and blue of each colour, from 0 to 1. Images are arrays [batch, 3, height, width] of the same
# range: the second axis is red, green, blue.
#
# - `get_rgb_cat(xs, colours)` gives the labels: integers from 0 to K - 1, of shape [batch, 1, height, width]. Nearest
#   means the smallest Euclidean distance: the sum of the squared differences of red, green and blue is smallest.
# - `get_cat_rgb(cats, colours)` goes back: from labels [batch, 1, height, width] it makes the image
#   [batch, 3, height, width] in which every pixel has the palette's colour. It also takes labels without the axis of
#   length 1, [batch, height, width].
#
# Both work with any number of colours and any size of images. Arrays of numpy broadcast: the difference of one image,
# shape [3, height, width], and the palette in the shape [K, 3, 1, 1] has the shape [K, 3, height, width]. Go image by
# image: for 5,000 of them at once this array takes several gigabytes. Check yourself: the labels of an image made by
# `get_cat_rgb` are those it was made from.


def get_rgb_cat(xs, colours):
    """Images [batch, 3, height, width] -> labels, integers [batch, 1, height, width]: the nearest colour's number."""
    labels = np.empty((len(xs), 1, *xs.shape[2:]), dtype=np.int64)
    for image, label in zip(xs, labels):
        distances = ((image - colours[:, :, None, None]) ** 2).sum(axis=1)  # [K, height, width]
        label[0] = distances.argmin(axis=0)
    return labels


def get_cat_rgb(cats, colours):
    """Labels [batch, 1, height, width] or [batch, height, width] -> images [batch, 3, height, width]."""
    if cats.ndim == 4:
        cats = cats[:, 0]
    return np.moveaxis(colours[cats], -1, 1)

DATA = {"offline": False, "images": None}  # stand-ins or photographs, and how many; set by the command line


@cache
def load_cifar10():
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 3, 32, 32], classes [N]."""
    splits = cifar10(offline=DATA["offline"], often="horse")
    return tuple((images[: DATA["images"]], classes[: DATA["images"]]) for images, classes in splits)

# **`train` is given.** What follows says how it works; there is nothing to write in it.

import time

# Training
#
# Everything is there to train the networks but the loss and the training loop. These are given:
#
# - `AttrDict` holds the settings: `args.epochs` is the same as `args["epochs"]`.
# - `load_cifar10()`, from above, gives images and classes: `((x_train, y_train), (x_test, y_test))`.
# - `get_batch(x, y, batch_size)` goes through two arrays, batch after batch. The last batch is shorter where the number
#   of images is no multiple of `batch_size`.
# - `get_torch_vars(xs, ys, gpu)` makes tensors of a batch: images, and labels as integers [batch, 1, height, width].
# - `run_validation_step(…)` computes loss and accuracy on other images. It leaves the network's mode as it finds it.
# - `plot_curves(…)` saves the losses as a picture.


class AttrDict(dict):
    """Settings that are read as attributes: args.epochs."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__ = self


def get_batch(x, y, batch_size):
    """Pairs of slices of x and y, batch_size rows each; the last pair has what is left."""
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


def get_torch_vars(xs, ys, gpu=False):
    """Tensors of a batch's arrays: float32 images, int64 labels; on the GPU where `gpu` is true."""
    images, labels = torch.from_numpy(xs).float(), torch.from_numpy(ys).long()
    return (images.cuda(), labels.cuda()) if gpu else (images, labels)


def run_validation_step(cnn, criterion, test_grey, test_rgb_cat, batch_size, num_colours, gpu=False):
    """Mean loss, and the percentage of pixels whose colour is found."""
    losses, right = [], 0
    with torch.no_grad():
        for xs, ys in get_batch(test_grey, test_rgb_cat, batch_size):
            images, labels = get_torch_vars(xs, ys, gpu)
            outputs = cnn(images)
            losses.append(compute_loss(criterion, outputs, labels, len(images), num_colours).item())
            right += (outputs.argmax(dim=1, keepdim=True) == labels).sum().item()
    return np.mean(losses), 100 * right / test_rgb_cat.size


def plot_curves(train_losses, valid_losses, path):
    """Save both losses, one value an epoch, as a picture."""
    plt.figure()
    plt.plot(train_losses, label="training")
    plt.plot(valid_losses, label="validation")
    plt.xlabel("epoch")
    plt.ylabel("cross entropy")
    plt.legend()
    plt.savefig(path)
    plt.close()

# The loss
#
# `compute_loss(criterion, outputs, labels, batch_size, num_colours)` gets the network's `outputs`, scores
# [images, num_colours, height, width], the `labels`, integers [images, 1, height, width], and returns the criterion's
# value, one number: with `nn.CrossEntropyLoss()`, the cross entropy's mean over all pixels of all images. It takes a
# matrix with one row of scores for each pixel, and the labels in one row. Colours are the second axis of `outputs`, so
# move them to the end before you reshape. `outputs` are raw scores: the criterion applies the softmax by itself. Images
# may have any size, and there may be fewer of them than `batch_size` says: read the sizes from `outputs`.


def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    """The criterion's value for all pixels: a tensor without dimensions."""
    scores = outputs.permute(0, 2, 3, 1).reshape(-1, num_colours)
    return criterion(scores, labels.reshape(-1))

# The training loop
#
# `train(args, cnn=None)` trains a network and returns it. You write two parts of it.
#
# **The network.** Where `cnn` is given, it is this network that is trained on. Otherwise make one of the class that
# `args.model` names, `"CNN"` or `"UNet"`: `globals()[args.model]` is the class of that name. Its arguments are
# `args.kernel`, `args.num_filters`, the number of colours and the number of input channels.
#
# **The loop.** Train for `args.epochs` epochs with `torch.optim.Adam` at the learning rate `args.learn_rate`. The
# optimizer keeps a memory of past gradients, so make it once. In each epoch:
#
# 1. Bring the network into training mode.
# 2. Take one step for each batch of `args.batch_size` images, the short last one too: gradients to zero, outputs,
#    `compute_loss`, backward, step.
# 3. Bring the network into evaluation mode and call `run_validation_step`.
# 4. Append the mean loss of the epoch's batches to `train_losses`, and what validation gave to `valid_losses`.


def train(args, cnn=None):
    """Train `cnn`, or a new network of the class that args.model names, and return it."""
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    folder = Path("outputs", args.experiment_name)
    folder.mkdir(parents=True, exist_ok=True)
    colours = np.load(args.colours)  # [num_colours, 3]
    num_colours = len(colours)
    num_in_channels = 3 if args.downsize_input else 1
    if cnn is None:
        cnn = globals()[args.model](args.kernel, args.num_filters, num_colours, num_in_channels)
    if args.gpu:
        cnn.cuda()
    criterion = nn.CrossEntropyLoss()
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    train_rgb, train_grey = process(x_train, y_train, downsize_input=args.downsize_input)
    test_rgb, test_grey = process(x_test, y_test, downsize_input=args.downsize_input)
    train_rgb_cat, test_rgb_cat = get_rgb_cat(train_rgb, colours), get_rgb_cat(test_rgb, colours)
    train_losses, valid_losses = [], []
    start = time.time()
    optimizer = torch.optim.Adam(cnn.parameters(), lr=args.learn_rate)
    for epoch in range(args.epochs):
        cnn.train()
        losses = []
        for xs, ys in get_batch(train_grey, train_rgb_cat, args.batch_size):
            images, labels = get_torch_vars(xs, ys, args.gpu)
            optimizer.zero_grad()
            loss = compute_loss(criterion, cnn(images), labels, len(images), num_colours)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        cnn.eval()
        valid_loss, accuracy = run_validation_step(
            cnn, criterion, test_grey, test_rgb_cat, args.batch_size, num_colours, args.gpu
        )
        train_losses.append(np.mean(losses))
        valid_losses.append(valid_loss)
        print(f"epoch {epoch + 1}: {train_losses[-1]:.4f}, validation {valid_loss:.4f}, {accuracy:.1f} % right")
    print(f"trained for {time.time() - start:.0f} s")
    if args.plot:
        plot_curves(train_losses, valid_losses, folder / "training_curve.png")
    if args.checkpoint:
        torch.save(cnn.state_dict(), args.checkpoint)
    return cnn


def colourize(network, images, palette):
    """The colours with the highest scores for grey images [n, 1, height, width]: an array [n, 3, height, width]."""
    network.eval()
    device = next(network.parameters()).device
    with torch.no_grad():
        scores = network(torch.from_numpy(images).float().to(device))
    return get_cat_rgb(scores.argmax(dim=1).cpu().numpy(), palette)


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


def save_activations(network, image, path):
    """Save the first ten channels of what each block gives for one image [1, height, width], each scaled by itself."""
    rows = {}

    def look(name):
        def remember(block, inputs, output):
            channels = output[0, :10].cpu().numpy()
            low, high = channels.min(axis=(1, 2), keepdims=True), channels.max(axis=(1, 2), keepdims=True)
            rows[f"{name} {channels.shape[1]}×{channels.shape[2]}"] = ((channels - low) / (high - low + 1e-6))[:, None]

        return remember

    hooks = [block.register_forward_hook(look(name)) for name, block in network.named_children()]
    with torch.no_grad():
        network(torch.from_numpy(image[None]).float().to(next(network.parameters()).device))
    for hook in hooks:
        hook.remove()
    save_rows(rows, path)


def arguments():
    parser = argparse.ArgumentParser(description="Colourization as classification")
    parser.add_argument("--model", choices=("CNN", "UNet", "DilatedUNet"), default="CNN")
    parser.add_argument("--checkpoint", default="", help="file of weights: written after training, read with --valid")
    parser.add_argument("--valid", action="store_true", help="no training: look at what the checkpoint's network does")
    parser.add_argument("--activations", type=int, default=0, help="save what the blocks give for so many images")
    parser.add_argument("-k", "--kernel", type=int, default=3)
    parser.add_argument("-f", "--num_filters", type=int, default=32)
    parser.add_argument("-l", "--learn_rate", type=float, default=0.001)
    parser.add_argument("-b", "--batch_size", type=int, default=100)
    parser.add_argument("-e", "--epochs", type=int, default=25)
    parser.add_argument(
        "-c", "--colours", default="colours24.npy", help="file of the palette; made where there is none"
    )
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--offline", action="store_true", help="pictures made by code in place of CIFAR-10")
    parser.add_argument("--images", type=int, help="take so many images, horses and others; else all")
    given = parser.parse_args()
    fixed = {"seed": 0, "plot": True, "downsize_input": False, "experiment_name": given.model}
    return AttrDict(vars(given), **fixed)


def main():
    args = arguments()
    DATA.update(offline=args.offline, images=args.images)
    if not Path(args.colours).exists():
        np.save(args.colours, colours(24, of="horse", offline=args.offline))
    palette = np.load(args.colours)
    if args.valid:
        network = globals()[args.model](args.kernel, args.num_filters, len(palette), 1)
        network.load_state_dict(torch.load(args.checkpoint, map_location="cpu", weights_only=True))
    else:
        network = train(args)
    network.to("cuda" if args.gpu else "cpu").eval()
    np.random.seed(args.seed)
    rgb, grey = process(*load_cifar10()[1])
    loss, accuracy = run_validation_step(
        network, nn.CrossEntropyLoss(), grey, get_rgb_cat(rgb, palette), args.batch_size, len(palette), args.gpu
    )
    print(f"validation loss {loss:.4f}, {accuracy:.1f} % right")
    folder = Path("outputs", args.experiment_name)
    folder.mkdir(parents=True, exist_ok=True)
    coloured = colourize(network, grey[:10], palette)
    save_rows({"grey": grey[:10], args.model: coloured, "truth": rgb[:10]}, folder / "images.png")
    for number in range(args.activations):
        save_activations(network, grey[number], folder / f"activations-{number + 1}.png")


if __name__ == "__main__":
    main()
