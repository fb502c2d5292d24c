"""The two literal readings of a sum over pixels for a batch: over all of its pixels, or image by image."""

import torch.nn.functional as F


def over_batch(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    intersection = (foreground * gt).sum()
    union = (foreground + gt - foreground * gt).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)


def by_image(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    intersection = (foreground * gt).sum(dim=(1, 2))
    union = (foreground + gt - foreground * gt).sum(dim=(1, 2))
    return (1 - (intersection + SMOOTH) / (union + SMOOTH)).mean()


DIALECTS = {"batch": over_batch, "image": by_image}
