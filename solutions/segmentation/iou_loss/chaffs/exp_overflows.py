"""exp of a large logit is infinite, and inf / inf is NaN: use F.softmax, which subtracts the maximum."""

LOSES = {"stable"}


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    raised = pred.exp()
    foreground = raised[:, 1] / raised.sum(dim=1)
    intersection = (foreground * gt).sum()
    union = (foreground + gt - foreground * gt).sum()
    return 1 - (intersection + SMOOTH) / (union + SMOOTH)
