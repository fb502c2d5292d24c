"""The losses take the absolute distance from the label: take its square."""

LOSES = {"discriminator", "generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * (scores_real - 1).abs().mean() + 0.5 * scores_fake.abs().mean()


def ls_generator_loss(scores_fake):
    return 0.5 * (scores_fake - 1).abs().mean()
