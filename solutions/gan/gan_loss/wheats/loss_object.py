"""torch's loss object, scores flattened first, the mean taken by hand."""

import torch
import torch.nn as nn

bce_loss = nn.BCEWithLogitsLoss()


def discriminator_loss(logits_real, logits_fake):
    real, fake = logits_real.view(-1), logits_fake.view(-1)
    loss = nn.BCEWithLogitsLoss(reduction="sum")
    d_real = loss(real, torch.full((len(real),), 1.0)) / len(real)
    d_fake = loss(fake, torch.full((len(fake),), 0.0)) / len(fake)
    return torch.stack([d_real, d_fake]).sum()


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones(logits_fake.shape))
