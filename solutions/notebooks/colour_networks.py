# %% [markdown]
# # Colourization as classification
#
# Grey images of horses get their colours back: every pixel of a 32×32 image gets one of 24 colours, and the network
# gives a score for each of them. Three networks do it, which you write in files of their own:
#
# - `PoolUpsampleNet` in `poolupsamplenet.py` shrinks with max-pooling and enlarges by repeating pixels,
# - `ConvTransposeNet` in `convtransposenet.py` learns both, by strides and transposed convolutions,
# - `UNet` in `unet.py` has skip connections on top.
#
# Nothing is to be written in this notebook: it trains your networks and shows what they do. Run it from top to bottom,
# and start it anew after you have changed a file. `README.md` says which parts carry marks, how to check your files,
# and how to install what is needed.
#
# The next cell has the settings. With all images and 25 epochs the three networks take ten minutes on two processor
# cores, and a minute or two on a GPU. For a first try, take few epochs.

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
from convtransposenet import ConvTransposeNet
from IPython.display import Image, display
from poolupsamplenet import PoolUpsampleNet
from unet import UNet

from grader.datasets import cifar10, colours

for network in (PoolUpsampleNet, ConvTransposeNet, UNet):
    weights = network(kernel=3, num_filters=32, num_colours=24, num_in_channels=1).parameters()
    print(f"{network.__name__}: {sum(p.numel() for p in weights):,} trainable parameters")

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
# This is how much the palette loses: photographs, the grey images that the networks start from, and the photographs
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
# # Upsampling and pooling

# %%
args = AttrDict(
    gpu=torch.cuda.is_available(),
    valid=False,
    checkpoint="",
    colours="colours24.npy",
    model="PoolUpsampleNet",
    kernel=3,
    num_filters=32,
    learn_rate=0.001,
    batch_size=BATCH_SIZE,
    epochs=EPOCHS,
    seed=0,
    plot=True,
    experiment_name="pool_upsample_net",
    visualize=False,
    downsize_input=False,
)
pool_net = train(args)
display(Image("outputs/pool_upsample_net/training_curve.png"))


# %% [markdown]
# Validation images, which the network has not trained on: what it got, what it made of it, and the truth.


# %%
def colourize(network, images):
    """The colours with the highest scores for images [n, 1, height, width]: an array [n, 3, height, width]."""
    network.eval()
    device = next(network.parameters()).device
    with torch.no_grad():
        scores = network(torch.from_numpy(images).float().to(device))
    return get_cat_rgb(scores.argmax(dim=1).cpu().numpy(), palette)


show_rows({"grey": few_grey, "pooling": colourize(pool_net, few_grey), "truth": few_rgb})

# %% [markdown]
# # Strided and transposed convolution

# %%
transpose_net = train(AttrDict(args, model="ConvTransposeNet", experiment_name="conv_transpose_net"))
display(Image("outputs/conv_transpose_net/training_curve.png"))

# %% [markdown]
# # Skip connections

# %%
skip_net = train(AttrDict(args, model="UNet", experiment_name="unet"))
display(Image("outputs/unet/training_curve.png"))

# %%
rows = {
    "grey": few_grey,
    "pooling": colourize(pool_net, few_grey),
    "transposed": colourize(transpose_net, few_grey),
    "UNet": colourize(skip_net, few_grey),
    "truth": few_rgb,
}
show_rows(rows)

# %% [markdown]
# # Batch sizes
#
# Train more networks here with other batch sizes and the same number of epochs, for example with `train(AttrDict(args,
# model="ConvTransposeNet", batch_size=32, experiment_name="batch_32"))`, and show their curves and images as above.

# %%
# Your experiments

# %% [markdown]
# # Questions
#
# `README.md` says which of these carry marks. Answers that are formulas or numbers go into `answers.toml`, the others
# into your report, with the curves and images that they speak of.
#
# - Do the results of `PoolUpsampleNet` look good to you? Why, or why not?
# - How many weights, outputs and connections has it, as formulas in NIC, NF and NC? And where height and width of the
#   image are doubled?
# - Has `ConvTransposeNet` a lower validation loss than `PoolUpsampleNet`? Why might that be?
# - With kernels of size 4, and of size 5, which `padding` and `output_padding` keep all shapes?
# - What do smaller and larger batches change, in the losses and in the images?
# - Did skip connections make the validation loss and accuracy better, and the images? Give at least two reasons why
#   they help.
