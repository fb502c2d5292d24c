"""No labels and no bce_loss at all: softplus of the scores, with the sign that the label gives."""

import torch.nn.functional as F


def discriminator_loss(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def generator_loss(logits_fake):
    return -F.logsigmoid(logits_fake).mean()
