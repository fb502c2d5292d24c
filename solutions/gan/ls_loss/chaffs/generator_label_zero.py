"""The generator's loss draws its scores to 0, which is what the discriminator wants: the generator wants them near
1."""

LOSES = {"generator"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * ((scores_real - 1) ** 2).mean() + 0.5 * (scores_fake**2).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * (scores_fake**2).mean()
