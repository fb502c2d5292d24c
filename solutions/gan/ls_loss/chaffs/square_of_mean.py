"""The scores are averaged before they are squared: square each distance, then take the mean."""

LOSES = {"discriminator", "generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * (scores_real.mean() - 1) ** 2 + 0.5 * scores_fake.mean() ** 2


def ls_generator_loss(scores_fake):
    return 0.5 * (scores_fake.mean() - 1) ** 2
