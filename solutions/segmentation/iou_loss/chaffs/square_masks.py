"""The mask is reshaped with the height twice: height and width of an image may differ."""

import torch.nn.functional as F

LOSES = {"images"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    gt = gt.reshape(gt.shape[0], gt.shape[1], gt.shape[1])
    intersection = (foreground * gt).sum()
    union = (foreground + gt - foreground * gt).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
