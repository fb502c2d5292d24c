# %%
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

# %% exercise="colour/my_conv2d"

# %% exercise="colour/cnn"

# %% exercise="colour/unet"

# %% exercise="colour/my_dilated_conv2d"

# %% exercise="colour/dilated_unet"

# %% exercise="colour/process"

# %% exercise="colour/colour_labels"

# %%
DATA = {"offline": False, "images": None}  # stand-ins or photographs, and how many; set by the command line


@cache
def load_cifar10():
    """((x_train, y_train), (x_test, y_test)): images uint8 [N, 3, 32, 32], classes [N]."""
    splits = cifar10(offline=DATA["offline"], often="horse")
    return tuple((images[: DATA["images"]], classes[: DATA["images"]]) for images, classes in splits)


# %% exercise="colour/training"


# %%
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
