"""The loss has one number for each image: average them into one."""

import torch.nn.functional as F

LOSES = {"builds"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    intersection = (foreground * gt).sum(dim=(1, 2))
    union = (foreground + gt - foreground * gt).sum(dim=(1, 2))
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
