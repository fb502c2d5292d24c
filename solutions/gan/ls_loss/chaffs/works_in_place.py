"""The scores are changed in place (scores -= 1): make a new tensor, scores - 1."""

LOSES = {"pure"}


def ls_discriminator_loss(scores_real, scores_fake):
    scores_real -= 1
    return 0.5 * (scores_real**2).mean() + 0.5 * (scores_fake**2).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake - 1) ** 2).mean()
