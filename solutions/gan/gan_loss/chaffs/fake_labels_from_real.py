"""The labels of the fake images are made from those of the real ones, 1 - labels, and so are as many: make them from
the fake scores, torch.zeros_like(logits_fake)."""

import torch

LOSES = {"unequal"}


def bce_loss(input, target):
    return (input.clamp(min=0) - input * target + torch.log1p(torch.exp(-input.abs()))).mean()


def discriminator_loss(logits_real, logits_fake):
    true_labels = torch.ones(logits_real.size())
    return bce_loss(logits_real, true_labels) + bce_loss(logits_fake, 1 - true_labels)


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones(logits_fake.size()))
