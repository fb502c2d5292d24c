"""The discriminator's loss looks at the real images alone: add half the mean square of the fake images' scores."""

LOSES = {"discriminator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * ((scores_real - 1) ** 2).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake - 1) ** 2).mean()
