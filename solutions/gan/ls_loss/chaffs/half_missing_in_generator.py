"""The factor of a half is missing in the generator's loss."""

LOSES = {"generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * ((scores_real - 1) ** 2).mean() + 0.5 * (scores_fake**2).mean()


def ls_generator_loss(scores_fake):
    return ((scores_fake - 1) ** 2).mean()
