# %%
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

# %% exercise="colour/process"

# %% exercise="colour/my_conv2d"

# %% exercise="colour/regression_cnn"


# %%
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
