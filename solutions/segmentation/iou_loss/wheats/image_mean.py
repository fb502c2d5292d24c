"""One IoU for each image, flattened, then their mean."""

import torch


def compute_iou_loss(pred, gt, SMOOTH=1e-6):
    probability = torch.softmax(pred, 1)[:, 1].reshape(pred.shape[0], -1)
    mask = gt.reshape(gt.shape[0], -1).float()
    both = (probability * mask).sum(1)
    either = probability.sum(1) + mask.sum(1) - both
    iou = (both + SMOOTH) / (either + SMOOTH)
    return (1 - iou).mean()
