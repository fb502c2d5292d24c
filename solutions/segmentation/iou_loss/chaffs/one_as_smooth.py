"""SMOOTH is replaced by 1, which shifts the loss of small regions: use the argument."""

import torch.nn.functional as F

LOSES = {"values"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    intersection = (foreground * gt).sum()
    union = (foreground + gt - foreground * gt).sum()
    return 1 - (intersection + 1) / (union + 1)
