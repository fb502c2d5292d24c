"""Images without foreground are left out: a prediction on them is wrong too and enters the union."""

import torch.nn.functional as F

LOSES = {"images"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = F.softmax(pred, dim=1)[:, 1]
    kept = gt.sum(dim=(1, 2)) > 0
    foreground, gt = foreground[kept], gt[kept]
    intersection = (foreground * gt).sum()
    union = (foreground + gt - foreground * gt).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
