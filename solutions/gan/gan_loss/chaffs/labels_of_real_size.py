"""The labels of the fake images are as many as the real images: make them from the fake scores,
torch.zeros_like(logits_fake)."""

import torch
import torch.nn.functional as F

LOSES = {"unequal"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_real))
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
