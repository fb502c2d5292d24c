# %%
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

# %% tags=["standalone"]
HORSE = 7


def load_cifar10():
    """Stands in for the notebook's function, where this file is used alone: random pictures."""
    rng = np.random.default_rng(0)
    splits = [(rng.integers(256, size=(n, 3, 32, 32), dtype=np.uint8), rng.integers(10, size=n)) for n in (500, 100)]
    return tuple(splits)


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    """Stands in for the function of the exercise before, where this file is used alone."""
    rgb = xs[np.reshape(ys, -1) == HORSE] / max_pixel
    if not downsize_input:
        return rgb, rgb.mean(axis=1, keepdims=True)
    blocks = rgb.reshape(len(rgb), 3, 8, 4, 8, 4).mean(axis=(3, 5))
    return rgb, blocks.repeat(4, axis=2).repeat(4, axis=3)


def get_rgb_cat(xs, colours):
    """Stands in for the function of the exercise before, where this file is used alone."""
    differences = xs[:, None] - colours[:, :, None, None]
    return (differences**2).sum(axis=2).argmin(axis=1)[:, None]


# %% [markdown]
# ## Training
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


# %%
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


# %% [markdown]
# ### The loss
#
# `compute_loss(criterion, outputs, labels, batch_size, num_colours)` gets the network's `outputs`, scores
# [images, num_colours, height, width], the `labels`, integers [images, 1, height, width], and returns the criterion's
# value, one number: with `nn.CrossEntropyLoss()`, the cross entropy's mean over all pixels of all images. It takes a
# matrix with one row of scores for each pixel, and the labels in one row. Colours are the second axis of `outputs`, so
# move them to the end before you reshape. `outputs` are raw scores: the criterion applies the softmax by itself. Images
# may have any size, and there may be fewer of them than `batch_size` says: read the sizes from `outputs`.


# %%
def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    """The criterion's value for all pixels: a tensor without dimensions."""
    ### BEGIN SOLUTION
    scores = outputs.permute(0, 2, 3, 1).reshape(-1, num_colours)
    return criterion(scores, labels.reshape(-1))
    ### END SOLUTION


# %% [markdown]
# ### The training loop
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


# %%
def train(args, cnn=None):
    """Train `cnn`, or a new network of the class that args.model names, and return it."""
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    folder = Path("outputs", args.experiment_name)
    folder.mkdir(parents=True, exist_ok=True)
    colours = np.load(args.colours)  # [num_colours, 3]
    num_colours = len(colours)
    num_in_channels = 3 if args.downsize_input else 1
    ### BEGIN SOLUTION
    if cnn is None:
        cnn = globals()[args.model](args.kernel, args.num_filters, num_colours, num_in_channels)
    ### END SOLUTION
    if args.gpu:
        cnn.cuda()
    criterion = nn.CrossEntropyLoss()
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    train_rgb, train_grey = process(x_train, y_train, downsize_input=args.downsize_input)
    test_rgb, test_grey = process(x_test, y_test, downsize_input=args.downsize_input)
    train_rgb_cat, test_rgb_cat = get_rgb_cat(train_rgb, colours), get_rgb_cat(test_rgb, colours)
    train_losses, valid_losses = [], []
    start = time.time()
    ### BEGIN SOLUTION
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
    ### END SOLUTION
    print(f"trained for {time.time() - start:.0f} s")
    if args.plot:
        plot_curves(train_losses, valid_losses, folder / "training_curve.png")
    if args.checkpoint:
        torch.save(cnn.state_dict(), args.checkpoint)
    return cnn
