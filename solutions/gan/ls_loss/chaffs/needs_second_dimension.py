"""The scores' shape is taken apart into two numbers, so scores of shape [batch] fail: mean() needs no shape."""

LOSES = {"any-shape"}


def ls_discriminator_loss(scores_real, scores_fake):
    number_real, _ = scores_real.shape
    number_fake, _ = scores_fake.shape
    return 0.5 * ((scores_real - 1) ** 2).sum() / number_real + 0.5 * (scores_fake**2).sum() / number_fake


def ls_generator_loss(scores_fake):
    number, _ = scores_fake.shape
    return 0.5 * ((scores_fake - 1) ** 2).sum() / number
