"""The discriminator's two cross entropies are averaged: add them."""

import torch
import torch.nn.functional as F

LOSES = {"discriminator"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return (real + fake) / 2


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
