"""A sigmoid is applied to the scores before a function that applies it itself: hand the raw scores to
binary_cross_entropy_with_logits."""

import torch
import torch.nn.functional as F

LOSES = {"discriminator", "generator", "cross-entropy"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(input), target)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
