"""The logarithm of a rounded sigmoid is infinite for large scores: compute the loss from the scores, with
F.binary_cross_entropy_with_logits."""

import torch

LOSES = {"stable"}


def bce_loss(input, target):
    p = torch.sigmoid(input)
    return -(target * torch.log(p) + (1 - target) * torch.log(1 - p)).mean()


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
