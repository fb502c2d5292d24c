"""F.binary_cross_entropy of a sigmoid cuts the loss off at 100 and loses the gradient for large scores: use
F.binary_cross_entropy_with_logits."""

import torch
import torch.nn.functional as F

LOSES = {"stable"}


def bce_loss(input, target):
    return F.binary_cross_entropy(torch.sigmoid(input), target)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
