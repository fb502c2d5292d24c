"""This is the Dice loss, 2·intersection / (sum of X + sum of Y): IoU divides by the union."""

import torch.nn.functional as F

LOSES = {"values"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    intersection = (foreground * gt).sum()
    return 1 - (2 * intersection + SMOOTH) / (foreground.sum() + gt.sum() + SMOOTH)
