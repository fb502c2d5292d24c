# %% [markdown]
# # Generative adversarial networks
#
# How can a network learn to make images that nobody has seen, but that look real? In a generative adversarial
# network, a GAN, two networks play against each other. The **generator** makes images of random noise. The
# **discriminator** gets real images and made ones, and tells them apart. Each learns from the other's success, until
# the made images are hard to tell from real ones.
#
# In this notebook the images are handwritten digits. You write both networks, their losses and the steps of training,
# then other losses, and at last networks with convolutions.
#
# Run the cells from top to bottom. Where a cell says `YOUR CODE HERE`, write code; keep the names and arguments of the
# functions, as they are graded by name. A cell that begins with `check` tells you how far you are. `README.md`, beside
# this notebook, says which parts carry marks and how to install what is needed.
#
# The next cell has the settings. With all digits the first two GANs take some minutes each on two processor cores, and
# the one with convolutions a quarter of an hour; a GPU helps.

# %% tags=["parameters"]
EPOCHS = 10  # of the GANs that are fully connected
DC_EPOCHS = 5  # of the one with convolutions
DIGITS = None  # take so many of MNIST's images; None: all
SHOW_EVERY = 250  # batches
OFFLINE = False  # True: digits drawn by code stand in for MNIST, and nothing is downloaded

# %%
from functools import cache

import matplotlib.pyplot as plt
import torch
import torch.nn as nn

from grader.datasets import mnist

NOISE_DIM = 96
BATCH_SIZE = 128

# %% [markdown]
# ## Digits
#
# The real images are MNIST's handwritten digits, 28×28 pixels with values in [0, 1]. `mnist` downloads them once and
# keeps them; in the folder that the environment variable `GRADE_DATA` names it looks first. `loader_train` gives
# batches `(x, y)` of images [128, 1, 28, 28], in a new order each time; y tells nothing here.


# %%
@cache
def load_digits():
    """The images, [N, 1, 28, 28] with values in [0, 1]."""
    (images, _), _ = mnist(offline=OFFLINE)
    return torch.from_numpy(images[:DIGITS]).unsqueeze(1) / 255


class Batches:
    """Pairs (x, y) of images [batch_size, 1, 28, 28] and their numbers, without a shorter last batch."""

    def __init__(self, batch_size):
        self.batch_size = batch_size

    def __len__(self):
        return len(load_digits()) // self.batch_size

    def __iter__(self):
        images = load_digits()
        for numbers in torch.randperm(len(images)).split(self.batch_size)[: len(self)]:
            yield images[numbers], numbers


loader_train = Batches(BATCH_SIZE)


# %%
def show_images(images):
    """Draw rows of 784 pixels in [-1, 1] as images, in a square."""
    side = max(1, int(len(images) ** 0.5))
    _, axes = plt.subplots(side, side, figsize=(side, side), squeeze=False)
    for image, place in zip(images, axes.flat):
        place.imshow(image.reshape(28, 28).cpu(), cmap="gray", vmin=-1, vmax=1)
        place.axis("off")
    plt.show()


x, _ = next(iter(loader_train))
show_images(2 * (x[:16] - 0.5))

# %% exercise="gan/sample_noise"

# %% exercise="gan/discriminator"

# %% exercise="gan/generator"

# %% exercise="gan/gan_loss"

# %% exercise="gan/optimizer"

# %% exercise="gan/run_a_gan"

# %% [markdown]
# ## The first GAN
#
# After an epoch of all digits you see blots, after five or so digits. The losses of a GAN tell little: each network's
# task changes as the other one learns.


# %%
def made_by(G):
    """16 images of new noise."""
    with torch.no_grad():
        return G(sample_noise(16, NOISE_DIM))


torch.manual_seed(0)
D, G = discriminator(), generator()
run_a_gan(D, G, get_optimizer(D), get_optimizer(G), discriminator_loss, generator_loss, SHOW_EVERY, num_epochs=EPOCHS)
show_images(made_by(G))

# %% exercise="gan/ls_loss"

# %% [markdown]
# The same networks, with these losses:

# %%
torch.manual_seed(0)
D, G = discriminator(), generator()
run_a_gan(
    D, G, get_optimizer(D), get_optimizer(G), ls_discriminator_loss, ls_generator_loss, SHOW_EVERY, num_epochs=EPOCHS
)
show_images(made_by(G))

# %% exercise="gan/dc_classifier"

# %% exercise="gan/dc_generator"

# %% [markdown]
# ## A GAN with convolutions
#
# Its weights start by a usual method for such networks (Glorot and Bengio, 2010), which keeps the size of numbers the
# same from layer to layer.


# %%
def start_weights(layer):
    """New weights for a layer with weights, by the method of Glorot and Bengio; no bias."""
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


torch.manual_seed(0)
D, G = build_dc_classifier().apply(start_weights), build_dc_generator().apply(start_weights)
run_a_gan(
    D, G, get_optimizer(D), get_optimizer(G), discriminator_loss, generator_loss, SHOW_EVERY, num_epochs=DC_EPOCHS
)
show_images(made_by(G))

# %% [markdown]
# ## Questions
#
# **1. Two players and one function.** A GAN is a game in which one player makes a function large and the other makes
# it small. The smallest such game has the function f(x, y) = x·y: one player moves x to make it small, the other moves
# y to make it large. They start at x = 1, y = 1 and take turns, with steps of size 1 along their own derivative; y goes
# first:
#
#     y ← y + x        and then, with the new y,        x ← x - y
#
# Both moves together are one step. Work out x and y after each of the first six steps, and write them into the part
# `[minimax]` of `answers.toml`.
#
# **2. Do they get there?** At x = y = 0 neither player can gain. Do the players reach this point by taking turns, with
# these steps or with smaller ones? Why, or why not?
#
# **3. Losses that tell something.** The generator's loss falls in training, while the discriminator's loss is high and
# stays the same from the beginning. Is this a good sign? Explain.
#
# Answers to 2 and 3 go into your report.
