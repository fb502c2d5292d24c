"""bce_loss takes labels and scores in the wrong order: its first argument is the scores, its second the labels."""

import torch
import torch.nn.functional as F

LOSES = {"cross-entropy"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(target, input)


def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(torch.ones_like(logits_real), logits_real)
    fake = bce_loss(torch.zeros_like(logits_fake), logits_fake)
    return real + fake


def generator_loss(logits_fake):
    return bce_loss(torch.ones_like(logits_fake), logits_fake)
