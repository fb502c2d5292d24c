"""Logits are used as if they were probabilities: apply softmax over the channels first."""

LOSES = {"values"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    foreground = pred[:, 1]
    intersection = (foreground * gt).sum()
    union = (foreground + gt - foreground * gt).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
