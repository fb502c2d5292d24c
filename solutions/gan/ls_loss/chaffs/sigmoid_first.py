"""A sigmoid is applied to the scores: the least-squares losses take them as they are."""

import torch

LOSES = {"discriminator", "generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    real, fake = torch.sigmoid(scores_real), torch.sigmoid(scores_fake)
    return 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * ((torch.sigmoid(scores_fake) - 1) ** 2).mean()
