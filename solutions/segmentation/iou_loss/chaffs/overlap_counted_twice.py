"""The union counts the overlap twice: subtract X * Y from X + Y."""

import torch.nn.functional as F

LOSES = {"values"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    intersection = (foreground * gt).sum()
    union = (foreground + gt).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
