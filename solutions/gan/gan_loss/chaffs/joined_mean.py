"""The discriminator's loss is one mean over real and fake scores together: take a mean of each and add the two."""

import torch
import torch.nn.functional as F

LOSES = {"discriminator"}


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.cat([torch.ones_like(logits_real), torch.zeros_like(logits_fake)])
    return bce_loss(logits, labels)


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
