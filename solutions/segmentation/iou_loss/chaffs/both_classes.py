"""Both channels enter the sums: intersection and union are of the foreground alone, channel 1."""

import torch.nn.functional as F

LOSES = {"values"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    probabilities = F.softmax(pred, dim=1)
    mask = F.one_hot(gt, 2).permute(0, 3, 1, 2)
    intersection = (probabilities * mask).sum()
    union = (probabilities + mask - probabilities * mask).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
