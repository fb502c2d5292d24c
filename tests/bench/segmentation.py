"""The soft IoU loss on the masks of real photographs of flowers."""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from grader.grading.in_process import load_probe
from grader.probes.probing import defined_with
from tests.bench.real_data import DataFolder, MissingDataError
from tests.bench.references import course, reference
from tests.bench.table import Row, at_most, claim, equal

FLOWER = (128, 0, 0)
NAMES = [f"{level}_{level}_{number}" for level in ("easy", "medium", "hard") for number in (1, 2, 3)]
SURE = 40.0  # logits this far from 0 have a softmax of 0 and 1 in float32
TOLERANCE = 1e-6  # of float32 sums over half a million pixels
SIDE, STEPS, LEARN_RATE = 64, 40, 0.02
MOVED = 25  # pixels that a wrong prediction is off, to the right and down


def rows(data: DataFolder) -> Iterator[Row]:
    loss = reference("segmentation/iou_loss")
    masks = [load_mask(data, f"flowers9/ground_truths_{name}.png") for name in NAMES]
    losses = [loss(sure_of(mask), mask).item() for mask in masks]
    yield at_most(f"IoU loss of {len(masks)} flowers that are found exactly: largest", max(losses), TOLERANCE)
    moved = [torch.roll(mask, (MOVED, MOVED), dims=(1, 2)) for mask in masks]
    pairs = list(zip(moved, masks, strict=True))
    off = [abs(loss(sure_of(guess), mask).item() - 1 + counted_iou(guess, mask)) for guess, mask in pairs]
    yield at_most(f"IoU loss of flowers {MOVED} pixels off, from 1 - IoU by counting: largest", max(off), TOLERANCE)
    off = [abs(loss(torch.zeros(1, 2, *mask.shape[1:]), mask).item() - unsure_loss(mask)) for mask in masks]
    yield at_most("IoU loss of p = 0.5, from 1 - f / (1 + f): largest", max(off), TOLERANCE)
    logits = torch.randn(1, 2, *masks[0].shape[1:], generator=torch.Generator().manual_seed(0), requires_grad=True)
    loss(logits, masks[0]).backward()
    assert logits.grad is not None
    finite = bool(torch.isfinite(logits.grad).all()) and bool((logits.grad != 0).any())
    yield claim("IoU loss: the gradient at random logits is finite and not zero", finite)


def fine_tuning(data: DataFolder) -> Iterator[Row]:
    """The new layer of a small network that is built like DeepLabV3, trained on the photographs with the IoU loss."""
    images = torch.stack([load_photograph(data, f"flowers9/images_{name}.jpg") for name in NAMES])
    masks = [load_mask(data, f"flowers9/ground_truths_{name}.png").unsqueeze(1).float() for name in NAMES]
    gt = torch.cat([F.interpolate(mask, (SIDE, SIDE)) for mask in masks]).squeeze(1).long()
    make, loss = reference("segmentation/deeplab_head"), reference("segmentation/iou_loss")
    probe = load_probe(course().exercise("segmentation/deeplab_head")).module
    torch.manual_seed(0)
    with probe.pretrained(make, {"deeplabv3_resnet101": lambda *_, **__: probe.SmallDeepLab()}):
        network = make().eval()
    optimizer = defined_with(make, "make_optimizer")(network, LEARN_RATE)
    before = [p.detach().clone() for p in network.parameters()]
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        error = loss(network(images), gt)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    shown = f"{losses[0]:.3f} to {losses[-1]:.3f}"
    yield claim(f"DeepLabV3's new layer, IoU loss in {STEPS} steps", losses[-1] < losses[0] - 0.02, shown, "falls")
    pairs = zip(network.parameters(), before, strict=True)
    learnt = sum(p.numel() for p, b in pairs if bool((p != b).any()))
    yield equal("DeepLabV3's new layer: parameters that learnt", learnt, 514)


def load_photograph(data: DataFolder, name: str) -> Tensor:
    """[3, SIDE, SIDE], float32 in 0..1; raises MissingDataError."""
    path = data.path(name)
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB").resize((SIDE, SIDE)))
    except OSError as error:
        raise MissingDataError(f"{path}: {error}; expected a photograph") from error
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 255


def load_mask(data: DataFolder, name: str) -> Tensor:
    """1 where the flower is and 0 elsewhere, int64 [1, height, width]; raises MissingDataError."""
    path = data.path(name)
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
    except OSError as error:
        raise MissingDataError(f"{path}: {error}; expected an image with a palette") from error
    return torch.from_numpy((pixels == FLOWER).all(axis=2)).long().unsqueeze(0)


def sure_of(mask: Tensor) -> Tensor:
    """Logits [1, 2, height, width] of somebody who is sure that the foreground is where the mask is 1."""
    foreground = SURE * (2.0 * mask - 1)
    return torch.stack([-foreground, foreground], dim=1)


def counted_iou(guess: Tensor, mask: Tensor) -> float:
    return ((guess & mask).sum() / (guess | mask).sum()).item()


def unsure_loss(mask: Tensor) -> float:
    share = mask.float().mean().item()
    return 1 - share / (1 + share)
