# %% [markdown]
# # Finding flowers
#
# Segmentation tells for every pixel of an image what it belongs to; here, to a flower or to the background. DeepLabV3,
# a large network that was trained on photographs of everyday things, knows no flowers. Only its last layer is trained
# anew, with two losses: the cross entropy of each pixel, and the IoU loss, which looks at the region as a whole.
#
# Nothing is to be written in this notebook. It uses `DeepLabV3` and `make_optimizer` from `deeplabv3.py` and
# `compute_iou_loss` from `losses/iou.py`, which are yours: write them first, and start the notebook anew after a
# change.
#
# The next cell has the settings. The real network needs torchvision and, for a bearable time, a GPU.

# %% tags=["parameters"]
EPOCHS = 10  # how often training goes through all images
BATCH_SIZE = 16
SIZE = 128  # pixels of a side
LEARN_RATE = 0.005
OFFLINE = (
    False  # True: blossoms and a network made by code stand in for photographs and DeepLabV3; nothing is downloaded
)

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from deeplabv3 import DeepLabV3, make_optimizer
from losses.iou import compute_iou_loss

from grader.datasets import flowers

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

# %% [markdown]
# ## The images
#
# The Oxford flowers with masks. Every fifth image is kept for validation. The network gets colours as it got them when
# it was trained: less the mean of many photographs, and divided by their standard deviation.

# %%
images, masks = flowers(SIZE, offline=OFFLINE)  # [N, 3, SIZE, SIZE], and [N, SIZE, SIZE] with 1 where there is flower
colour = torch.from_numpy(images).float() / 255
x = (colour - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor([0.229, 0.224, 0.225])[:, None, None]
y = torch.from_numpy(masks).long()
kept = torch.arange(len(x)) % 5 == 0
x_train, y_train, x_valid, y_valid = x[~kept], y[~kept], x[kept], y[kept]
print(
    f"{len(x_train)} images to train on, {len(x_valid)} to validate with; {masks.mean():.0%} of all pixels are flower"
)


# %%
def show_masks(rows):
    """Draw rows of images: a dictionary of names and tensors [n, 3, height, width] or masks [n, height, width]."""
    _, axes = plt.subplots(len(rows), 1, figsize=(10, 1.8 * len(rows)), squeeze=False)
    for place, (name, shown) in zip(axes[:, 0], rows.items()):
        strip = torch.cat(list(shown[:6]), dim=-1)
        place.imshow(strip.movedim(0, -1) if strip.dim() == 3 else strip, cmap="gray", vmin=0, vmax=1)
        place.set(xticks=[], yticks=[], frame_on=False)
        place.set_ylabel(name, rotation="horizontal", ha="right", va="center")
    plt.tight_layout(pad=0.3)
    plt.show()


show_masks({"image": colour[kept], "mask": y_valid})

# %% [markdown]
# ## The network
#
# `DeepLabV3()` fetches the trained network with `torch.hub.load`. Where that is out of reach, with `OFFLINE`, a small
# network with the same three parts and the same last layer stands in. It is not trained: 256 random features of a
# pixel's surroundings are enough for blossoms that differ from leaves by their colour.


# %%
class StandIn(nn.Module):
    """A small network built like DeepLabV3: x [batch, 3, height, width] -> "out": scores [batch, 21, height, width]."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 64, 5, stride=2, padding=2), nn.LeakyReLU())
        self.classifier = nn.Sequential(
            nn.Conv2d(64, 64, 3, padding=2, dilation=2),
            nn.LeakyReLU(),
            nn.Conv2d(64, 256, 1),
            nn.LeakyReLU(),
            nn.Conv2d(256, 21, 1),
        )
        self.aux_classifier = nn.Conv2d(64, 21, 1)

    def forward(self, x):
        scores = self.classifier(self.backbone(x))
        return {"out": F.interpolate(scores, size=x.shape[-2:], mode="bilinear", align_corners=False)}


if OFFLINE:
    torch.hub.load = lambda *_, **__: StandIn()

model = DeepLabV3()
learning = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{learning} of {sum(p.numel() for p in model.parameters()):,} parameters learn")

# %% [markdown]
# ## Training
#
# The measure of success is the mean IoU over both classes: of the pixels that are flower in the mask or in the
# prediction, the share that is flower in both; the same for the background; and the mean of the two.


# %%
def predict(model, x):
    """Each pixel's class: integers [n, height, width]."""
    model.eval()
    with torch.no_grad():
        return torch.cat([model(part.to(DEVICE)).argmax(dim=1).cpu() for part in x.split(BATCH_SIZE)])


def mean_iou(predicted, truth):
    """The mean IoU over background and flower."""
    shares = []
    for kind in (0, 1):
        both, either = (predicted == kind) & (truth == kind), (predicted == kind) | (truth == kind)
        shares.append((both.sum() / either.sum().clamp(min=1)).item())
    return np.mean(shares)


def fine_tune(criterion):
    """A new network, trained with this loss; returns it with the losses and the validation mIoUs of the epochs."""
    torch.manual_seed(0)
    model = DeepLabV3().to(DEVICE)
    adam = make_optimizer(model, LEARN_RATE)
    losses, scores = [], []
    for number in range(1, EPOCHS + 1):
        model.eval()  # what is frozen stays as it was, the statistics of its batch norm, too
        of_batches = []
        for rows in torch.randperm(len(x_train)).split(BATCH_SIZE):
            adam.zero_grad()
            loss = criterion(model(x_train[rows].to(DEVICE)), y_train[rows].to(DEVICE))
            loss.backward()
            adam.step()
            of_batches.append(loss.item())
        losses.append(np.mean(of_batches))
        scores.append(mean_iou(predict(model, x_valid), y_valid))
        print(f"epoch {number}: training loss {losses[-1]:.4f}, validation mIoU {scores[-1]:.3f}")
    print(f"best mIoU {max(scores):.3f}, in epoch {1 + np.argmax(scores)}")
    return model, losses, scores


def show_curves(losses, scores):
    """Draw both, one value an epoch."""
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 3))
    left.plot(range(1, EPOCHS + 1), losses, marker=".")
    left.set(xlabel="epoch", ylabel="training loss")
    right.plot(range(1, EPOCHS + 1), scores, marker=".")
    right.set(xlabel="epoch", ylabel="validation mIoU")
    plt.show()


# %% [markdown]
# ## With cross entropy

# %%
by_pixel, losses, scores = fine_tune(F.cross_entropy)
show_curves(losses, scores)
show_masks({"image": colour[kept], "mask": y_valid, "predicted": predict(by_pixel, x_valid)})

# %% [markdown]
# ## With the IoU loss

# %%
by_region, losses, scores = fine_tune(compute_iou_loss)
show_curves(losses, scores)
show_masks(
    {
        "image": colour[kept],
        "mask": y_valid,
        "cross entropy": predict(by_pixel, x_valid),
        "IoU loss": predict(by_region, x_valid),
    }
)

# %% [markdown]
# ## Questions
#
# What is the best validation mIoU with each of the losses, and in which epoch? Which one is higher, and why might that
# be? Compare the predictions with the masks: where are they wrong?
