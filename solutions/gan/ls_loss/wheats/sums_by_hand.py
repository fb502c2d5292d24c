"""Sums divided by the number of scores, the square multiplied out."""

import torch


def half_square_distance(scores, label):
    flat = scores.reshape(-1)
    return (torch.dot(flat, flat) - 2 * label * flat.sum() + label**2 * flat.numel()) / (2 * flat.numel())


def ls_discriminator_loss(scores_real, scores_fake):
    return half_square_distance(scores_real, 1) + half_square_distance(scores_fake, 0)


def ls_generator_loss(scores_fake):
    return half_square_distance(scores_fake, 1)
