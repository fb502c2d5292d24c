# %% [markdown]
# # Colourization as classification
#
# Grey images of horses get their colours back. A regression arrives at the mean of all plausible colours, which is pale
# and may be none of them. So here the network chooses instead: every pixel of a 32×32 image gets one of 24 colours, and
# the network gives a score for each of them. You build the networks layer by layer, train them, and look inside; then
# you use the same networks to sharpen images.
#
# Run the cells from top to bottom. Where a cell says `YOUR CODE HERE`, write code; keep the names and arguments of
# functions and classes, as they are graded by name. A cell that begins with `check` tells you how far you are: it
# compares your code with recorded runs of a correct solution. What you wrote in `colour_regression.ipynb` already, copy
# from there. `README.md`, beside this notebook, says which parts carry marks and how to install what is needed.
#
# The next cell has the settings. Four networks are trained for `EPOCHS` epochs each; with all images and 25 epochs that
# takes a quarter of an hour on two processor cores, and a minute or two on a GPU. For a first try, take few epochs.

# %% tags=["parameters"]
EPOCHS = 25  # how often training goes through all images
BATCH_SIZE = 100
IMAGES = None  # take so many of CIFAR-10's images, horses and others; None: all
OFFLINE = False  # True: pictures made by code stand in for the photographs, and nothing is downloaded

# %%
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from IPython.display import Image, display

from grader.datasets import cifar10, colours

# %% [markdown]
# # Networks

# %% exercise="colour/my_conv2d"

# %% exercise="colour/cnn"

# %% exercise="colour/unet"

# %% [markdown]
# # Data
#
# CIFAR-10 is a collection of 60,000 small photographs in ten classes. `cifar10` downloads it once and keeps it; in the
# folder that the environment variable `GRADE_DATA` names it looks first.


# %%
@cache
def load_cifar10():
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 3, 32, 32], classes [N]."""
    train, test = cifar10(offline=OFFLINE, often="horse")
    return tuple((images[:IMAGES], classes[:IMAGES]) for images, classes in (train, test))


# %% exercise="colour/process"

# %% [markdown]
# The palette has the 24 colours that stand for all others best: the centres of clusters of the horses' pixels, found by
# k-means. It is saved to a file, from which training reads it.

# %%
palette = colours(24, of="horse", offline=OFFLINE)  # [24, 3], from 0 to 1
np.save("colours24.npy", palette)
plt.figure(figsize=(6, 0.6))
plt.imshow(palette[None])
plt.axis("off")
plt.show()

# %% exercise="colour/colour_labels"

# %% [markdown]
# This is how much the palette loses: photographs, the grey images that the network starts from, and the photographs
# painted with 24 colours. No network of this notebook can come closer to the truth than the last row.


# %%
def show_rows(rows):
    """Draw rows of images: a dictionary of names and arrays [n, 1 or 3, height, width] with values from 0 to 1."""
    _, axes = plt.subplots(len(rows), 1, figsize=(10, 1.1 * len(rows)), squeeze=False)
    for place, (name, images) in zip(axes[:, 0], rows.items()):
        framed = np.pad(images.clip(0, 1), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=1)
        strip = np.concatenate(list(framed), axis=2)  # [1 or 3, height, n * width]
        place.imshow(np.moveaxis(strip, 0, -1).squeeze(), cmap="gray", vmin=0, vmax=1)
        place.set(xticks=[], yticks=[], frame_on=False)
        place.set_ylabel(name, rotation="horizontal", ha="right", va="center")
    plt.tight_layout(pad=0.3)
    plt.show()


# %%
np.random.seed(0)
test_rgb, test_grey = process(*load_cifar10()[1])
few_rgb, few_grey = test_rgb[:10], test_grey[:10]
show_rows({"truth": few_rgb, "grey": few_grey, "24 colours": get_cat_rgb(get_rgb_cat(few_rgb, palette), palette)})

# %% exercise="colour/training"

# %% [markdown]
# # Experiments
#
# ## The CNN
#
# Train it, and look at the curves of both losses.

# %%
args = AttrDict(
    gpu=torch.cuda.is_available(),
    valid=False,
    checkpoint="",
    colours="colours24.npy",
    model="CNN",
    kernel=3,
    num_filters=32,
    learn_rate=0.001,
    batch_size=BATCH_SIZE,
    epochs=EPOCHS,
    seed=0,
    plot=True,
    experiment_name="colourization_cnn",
    visualize=False,
    downsize_input=False,
)
cnn = train(args)
display(Image("outputs/colourization_cnn/training_curve.png"))

# %% [markdown]
# Validation images, which the network has not trained on: what it got, what it made of it, and the truth.


# %%
def colourize(network, images):
    """The colours with the highest scores for images [n, 1 or 3, height, width]: an array [n, 3, height, width]."""
    network.eval()
    device = next(network.parameters()).device
    with torch.no_grad():
        scores = network(torch.from_numpy(images).float().to(device))
    return get_cat_rgb(scores.argmax(dim=1).cpu().numpy(), palette)


show_rows({"grey": few_grey, "CNN": colourize(cnn, few_grey), "truth": few_rgb})

# %% [markdown]
# ## The UNet
#
# The same training with skip connections.

# %%
unet = train(AttrDict(args, model="UNet", experiment_name="colourization_unet"))
display(Image("outputs/colourization_unet/training_curve.png"))

# %%
show_rows(
    {
        "grey": few_grey,
        "CNN": colourize(cnn, few_grey),
        "UNet": colourize(unet, few_grey),
        "truth": few_rgb,
    }
)

# %% [markdown]
# ## Batch sizes, and other settings
#
# Train more UNets here with other batch sizes and the same number of epochs, for example with
# `train(AttrDict(args, model="UNet", batch_size=20, experiment_name="unet_20"))`, and show their curves and images as
# above. Learning rate, kernel size and number of filters can be changed in the same way.

# %%
# Your experiments

# %% [markdown]
# ## Super-resolution
#
# A network that makes images from images can do more than colour them. With `downsize_input=True`, `process` gives it
# images whose detail is gone, with 3 channels, and the network is to find the colours of the sharp image.

# %%
sharp_cnn = train(AttrDict(args, downsize_input=True, experiment_name="super_resolution_cnn"))
sharp_unet = train(AttrDict(args, model="UNet", downsize_input=True, experiment_name="super_resolution_unet"))
display(Image("outputs/super_resolution_unet/training_curve.png"))

# %% [markdown]
# Bilinear interpolation is what one does without a network: between the pixels of the small image it changes colours
# evenly. Rows: what the networks get, the truth, both networks, and the small image enlarged by interpolation.

# %%
np.random.seed(0)
rgb, low = (images[:10] for images in process(*load_cifar10()[1], downsize_input=True))
small = F.avg_pool2d(torch.from_numpy(rgb), kernel_size=4)  # [10, 3, 8, 8]
bilinear = F.interpolate(small, scale_factor=4, mode="bilinear", align_corners=False).numpy()
rows = {
    "input": low,
    "truth": rgb,
    "CNN": colourize(sharp_cnn, low),
    "UNet": colourize(sharp_unet, low),
    "bilinear": bilinear,
}
show_rows(rows)
for name in ("CNN", "UNet", "bilinear"):
    print(f"{name}: mean squared distance from the truth {np.mean((rows[name] - rgb) ** 2):.4f}")

# %% [markdown]
# ## Intermediate activations
#
# What do the layers in between see? Each row shows what one block of a network gives for the image on its left: the
# first ten channels, each scaled by itself, so that its smallest number is black and its largest one white. Blocks are
# the modules that the network's `__init__` makes, in the order in which they are run.


# %%
def activations(network, image):
    """What each block gives for an image [1 or 3, height, width]: a dictionary of names and arrays [channels, …, …]."""
    seen = {}

    def look(name):
        def remember(block, inputs, output):
            seen[name] = output[0].cpu().numpy()

        return remember

    hooks = [block.register_forward_hook(look(name)) for name, block in network.named_children()]
    colourize(network, image[None])
    for hook in hooks:
        hook.remove()
    return seen


def show_activations(network, image, title):
    """Draw the first ten channels of each block, one row for each block."""
    seen = activations(network, image)
    figure, axes = plt.subplots(len(seen), 2, figsize=(10, len(seen)), width_ratios=(1, 10), squeeze=False)
    for line, (name, channels) in zip(axes, seen.items()):
        first = channels[:10]
        low, high = first.min(axis=(1, 2), keepdims=True), first.max(axis=(1, 2), keepdims=True)
        scaled = (first - low) / np.maximum(high - low, 1e-6)
        line[0].imshow(np.moveaxis(image, 0, -1).squeeze(), cmap="gray", vmin=0, vmax=1)
        line[0].set_ylabel(f"{name}\n{channels.shape[1]}×{channels.shape[2]}", rotation="horizontal", ha="right")
        framed = np.pad(scaled, ((0, 0), (0, 0), (0, 1)), constant_values=1)
        line[1].imshow(np.concatenate(list(framed), axis=1), cmap="gray", vmin=0, vmax=1)
        for place in line:
            place.set(xticks=[], yticks=[])
    figure.suptitle(title)
    plt.tight_layout(pad=0.3)
    plt.show()


# %%
for number in (0, 1):
    show_activations(cnn, few_grey[number], "CNN, colourization")

# %%
for number in (0, 1):
    show_activations(unet, few_grey[number], "UNet, colourization")

# %%
for number in (0, 1):
    show_activations(sharp_unet, low[number], "UNet, super-resolution")

# %% [markdown]
# # Questions
#
# `README.md` says which of these carry marks in your course. Answers that are a number, a word or a table go into
# `answers.toml`, the others into your report.
#
# **Classification.** How do the CNN's images compare with those of the regression? Can the two losses be compared?
#
# **Skip connections.** Did the UNet's validation loss and accuracy become better than the CNN's, and did its images,
# and where in them? Give at least two reasons why skip connections help. What do smaller and larger batches change,
# with the number of epochs fixed: in the losses, and in the images?
#
# **Super-resolution.** What does `process` do with `downsize_input=True`: how do the resolutions of its two arrays
# differ? Do the CNN's and the UNet's images differ? How do they differ from bilinear interpolation, and why can a
# network do better? Give two reasons.
#
# **Activations.** How do the CNN's first blocks differ from its later ones? What is different in the UNet that
# colourizes, and in the one that sharpens? Say what you see; the images need not be handed in.
#
# **And further.**
#
# - We changed the number of epochs and the batch size only. Name five other hyperparameters. Try one of them on
#   colourization, and report what happens.
# - In a block of `RegressionCNN`, does the output change if max-pooling and ReLU change places? Why?
# - Loss and accuracy look at single pixels, which fits badly with what people find good. How could one measure better?
# - The networks were trained on 32×32 pixels. How can they colour larger images?
