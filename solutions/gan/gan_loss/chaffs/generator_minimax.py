"""The generator's loss is the discriminator's with a minus sign, which has almost no gradient while the discriminator
is sure: use the cross entropy with label 1."""

import torch
import torch.nn.functional as F

LOSES = {"generator"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def generator_loss(logits_fake):
    return -bce_loss(logits_fake, torch.zeros_like(logits_fake))
