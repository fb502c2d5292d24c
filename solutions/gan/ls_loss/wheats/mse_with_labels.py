"""torch's mean squared error with labels of the scores' size."""

import torch
import torch.nn.functional as F


def ls_discriminator_loss(scores_real, scores_fake):
    true_labels = torch.ones(scores_real.size())
    fake_labels = torch.zeros(scores_fake.size())
    return (F.mse_loss(scores_real, true_labels) + F.mse_loss(scores_fake, fake_labels)) / 2


def ls_generator_loss(scores_fake):
    return F.mse_loss(scores_fake, torch.ones_like(scores_fake)) / 2
