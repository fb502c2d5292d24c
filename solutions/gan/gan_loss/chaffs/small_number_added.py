"""A small number is added before the logarithm, which changes the loss, and for large scores cuts it off: compute it
from the scores, with F.binary_cross_entropy_with_logits."""

import torch

LOSES = {"discriminator", "generator", "cross-entropy"}


def bce_loss(input, target):
    p = torch.sigmoid(input)
    return -(target * torch.log(p + 1e-4) + (1 - target) * torch.log(1 - p + 1e-4)).mean()


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
