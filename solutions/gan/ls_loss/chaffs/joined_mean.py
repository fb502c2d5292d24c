"""Real and fake scores are put into one mean, which is right only where there are as many of each: take a mean of
each."""

import torch

LOSES = {"unequal"}


def ls_discriminator_loss(scores_real, scores_fake):
    return torch.cat([(scores_real - 1) ** 2, scores_fake**2]).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake - 1) ** 2).mean()
