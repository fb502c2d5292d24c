"""The mask is changed in place: make a new tensor instead of working on gt itself."""

import torch.nn.functional as F

LOSES = {"pure"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    gt *= 2
    gt -= 1
    intersection = (foreground * (gt + 1) / 2).sum()
    union = foreground.sum() + (gt + 1).sum() / 2 - intersection
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
