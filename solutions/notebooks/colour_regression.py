# %% [markdown]
# # Colourization as regression
#
# A grey photograph says how bright every pixel is, and nothing about its colour. Can a network guess it? There is no
# single right answer: the same grey can be grass, a brown horse or a red barn. In this notebook a convolutional network
# gets grey images of horses, 32×32 pixels each, and learns to tell red, green and blue of every pixel, with the squared
# error as its loss. The next notebook, `colourization.ipynb`, turns the same task into a classification.
#
# Run the cells from top to bottom. `README.md`, beside this notebook, says which parts carry marks and how to install
# what is needed. Where a cell says `YOUR CODE HERE`, write code; all else is there to be read and run.
#
# The next cell has the settings. Change a number there, and run everything again from the top.

# %% tags=["parameters"]
EPOCHS = 25  # how often training goes through all images
BATCH_SIZE = 100
IMAGES = None  # take so many of CIFAR-10's images, horses and others; None: all
OFFLINE = False  # True: pictures made by code stand in for the photographs, and nothing is downloaded

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

from grader.datasets import cifar10

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

# %% [markdown]
# ## The images
#
# CIFAR-10 is a collection of 60,000 small photographs in ten classes. `cifar10` downloads it once and keeps it; in the
# folder that the environment variable `GRADE_DATA` names it looks first.


# %%
def load_cifar10():
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 3, 32, 32], classes [N]."""
    train, test = cifar10(offline=OFFLINE, often="horse")
    return tuple((images[:IMAGES], classes[:IMAGES]) for images, classes in (train, test))


# %% exercise="colour/process"

# %% [markdown]
# Here are the data: training images, and validation images that the network never trains on.

# %%
np.random.seed(0)
(x_train, y_train), (x_test, y_test) = load_cifar10()
train_rgb, train_grey = process(x_train, y_train)
test_rgb, test_grey = process(x_test, y_test)
print(f"{len(train_rgb)} horses to train on, {len(test_rgb)} to validate with")


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


show_rows({"grey": test_grey[:10], "colour": test_rgb[:10]})

# %% [markdown]
# ## The network
#
# It has a convolution layer of our own, which the next notebook uses throughout; copy there what you write here.

# %% exercise="colour/my_conv2d"

# %% exercise="colour/regression_cnn"

# %%
model = RegressionCNN(kernel=3, num_filters=32)
print(model)
print(f"{sum(p.numel() for p in model.parameters()):,} trainable parameters")

# %% [markdown]
# ## Training
#
# `train_regression` trains a network on the squared error of all three colours of all pixels, and returns the mean loss
# of each epoch, for the training images and for the validation images.


# %%
def squared_error(network, grey, rgb):
    """The mean squared error of the network's colours for a batch of arrays: a tensor without dimensions."""
    images, wanted = (torch.from_numpy(array).float().to(DEVICE) for array in (grey, rgb))
    return nn.functional.mse_loss(network(images), wanted)


def train_regression(network, epochs, batch_size=BATCH_SIZE, learn_rate=0.001):
    """Train the network; returns the losses of training and of validation, one of each for every epoch."""
    adam = torch.optim.Adam(network.to(DEVICE).parameters(), lr=learn_rate)
    starts = range(0, len(train_grey), batch_size)
    train_errors, valid_errors = [], []
    for number in range(1, epochs + 1):
        network.train()
        of_batches = []
        for start in starts:
            adam.zero_grad()
            rows = slice(start, start + batch_size)
            error = squared_error(network, train_grey[rows], train_rgb[rows])
            error.backward()
            adam.step()
            of_batches.append(error.item())
        network.eval()
        with torch.no_grad():
            valid_errors.append(squared_error(network, test_grey, test_rgb).item())
        train_errors.append(np.mean(of_batches))
        print(f"epoch {number}: training loss {train_errors[-1]:.5f}, validation loss {valid_errors[-1]:.5f}")
    return train_errors, valid_errors


def show_curves(curves):
    """Draw losses, one value an epoch: a dictionary of names and lists."""
    plt.figure(figsize=(6, 3.5))
    for name, losses in curves.items():
        plt.plot(range(1, len(losses) + 1), losses, marker=".", label=name)
    plt.xlabel("epoch")
    plt.ylabel("mean squared error")
    plt.legend()
    plt.show()


# %%
torch.manual_seed(0)
model = RegressionCNN(kernel=3, num_filters=32)
train_losses, valid_losses = train_regression(model, EPOCHS)
show_curves({"training": train_losses, "validation": valid_losses})

# %% [markdown]
# ## What it learnt
#
# Validation images: what the network got, what it made of it, and the photograph.


# %%
def colourize(network, grey):
    """The network's colours for grey images [n, 1, height, width]: an array [n, 3, height, width]."""
    network.eval()
    with torch.no_grad():
        return network(torch.from_numpy(grey).float().to(DEVICE)).cpu().numpy()


show_rows({"grey": test_grey[:10], "network": colourize(model, test_grey[:10]), "truth": test_rgb[:10]})

# %% [markdown]
# ## Other numbers of epochs
#
# Train more networks here, some for fewer epochs and some for more: make a new `RegressionCNN` for each, train it with
# `train_regression`, and show its curves and images as above.

# %%
# Your experiments

# %% [markdown]
# ## Questions
#
# `README.md` says which of these carry marks in your course. Answers that are a number, a word or a table go into
# `answers.toml`, the others into your report.
#
# 1. Describe `RegressionCNN`: which convolution layers has it, in which order, with which filter sizes and how many
#    filters each? Make a table or draw it.
# 2. For how many epochs is the network trained, as the notebook is handed out?
# 3. How do the losses and the images change when you train for fewer epochs, and for more? When does training longer
#    stop to pay?
# 4. Do the colours look good to you? Which parts of the images do, and which do not?
# 5. The loss compares red, green and blue. Think of pairs of colours that lie equally far apart in these numbers: are
#    they equally different to the eye? What is wrong with squared error in this colour space?
# 6. Say half of all pixels with some grey value are green and half are brown. Which answer makes the expected squared
#    error smallest, and how does it look? Why would a network that chooses among colours do better?
