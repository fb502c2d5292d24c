"""The factor of a half is missing: it stands before each mean, in both losses."""

LOSES = {"discriminator", "generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return ((scores_real - 1) ** 2).mean() + (scores_fake**2).mean()


def ls_generator_loss(scores_fake):
    return ((scores_fake - 1) ** 2).mean()
