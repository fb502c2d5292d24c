"""The discriminator's labels are swapped: real images' scores should be near 1, fake ones' near 0."""

LOSES = {"discriminator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * (scores_real**2).mean() + 0.5 * ((scores_fake - 1) ** 2).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake - 1) ** 2).mean()
