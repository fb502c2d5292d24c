"""The stable formula written out, as some years' notebooks give it; labels of a global type."""

import torch

dtype = torch.FloatTensor


def bce_loss(input, target):
    neg_abs = -input.abs()
    loss = input.clamp(min=0) - input * target + (1 + neg_abs.exp()).log()
    return loss.mean()


def discriminator_loss(logits_real, logits_fake):
    true_labels = torch.ones(logits_real.size()).type(dtype)
    false_labels = torch.zeros(logits_fake.size()).type(dtype)
    return bce_loss(logits_real, true_labels) + bce_loss(logits_fake, false_labels)


def generator_loss(logits_fake):
    true_labels = torch.ones(logits_fake.size()).type(dtype)
    return bce_loss(logits_fake, true_labels)
