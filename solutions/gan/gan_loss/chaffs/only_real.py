"""The discriminator's loss looks at the real images alone: add the cross entropy of the fake ones with labels 0."""

import torch
import torch.nn.functional as F

LOSES = {"discriminator"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    return bce_loss(logits_real, torch.ones_like(logits_real))


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
