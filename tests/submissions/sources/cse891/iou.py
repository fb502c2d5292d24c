import torch
import torch.nn.functional as F

__all__ = ["SoftIoU"]


class SoftIoU:
    def __init__(self):
        self.eps = 1e-6

    def __call__(self, pred, gt):
        prob = F.softmax(pred, dim=1)[:, 1]
        target = gt.to(prob.dtype)
        intersection = torch.sum(prob * target, dim=[1, 2])
        union = torch.sum(prob + target - prob * target, dim=[1, 2])
        return torch.mean(1 - intersection / (union + self.eps))
