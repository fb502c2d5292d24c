"""In torch, with a loop for the selection and single precision; returns a list with one more value."""

import torch
import torch.nn.functional as F


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    chosen = [torch.as_tensor(x, dtype=torch.float32) for x, y in zip(xs, ys) if int(y.item()) == 7]
    order = torch.randperm(len(chosen))
    rgb = torch.stack(chosen)[order] / max_pixel
    if downsize_input:
        pooled = F.avg_pool2d(F.avg_pool2d(rgb, 2), 2)
        return [rgb, F.interpolate(F.interpolate(pooled, scale_factor=2), scale_factor=2), order]
    return [rgb, (rgb[:, :1] + rgb[:, 1:2] + rgb[:, 2:]) / 3, order]
