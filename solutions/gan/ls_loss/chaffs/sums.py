"""The losses are sums over the images: take the mean."""

LOSES = {"discriminator", "generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * ((scores_real - 1) ** 2).sum() + 0.5 * (scores_fake**2).sum()


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake - 1) ** 2).sum()
