# %%
import torch
import torch.nn.functional as F

# %% [markdown]
# ## The GAN's losses
#
# Discriminator and generator play against each other. The discriminator is a classifier with true labels 1 for real
# images and 0 for fake ones. The generator wants its images to be taken for real.
#
# `bce_loss(input, target)` is the binary cross entropy. With p = sigmoid(input), and the mean taken over all scores,
#
#     bce_loss = mean of  -target * log(p) - (1 - target) * log(1 - p)
#
# Sigmoid rounds to 0 or 1 for large scores, and its logarithm is then infinite, or its gradient lost. So compute the
# loss from the scores themselves: `F.binary_cross_entropy_with_logits` does, and so does
# `max(x, 0) - x * target + log(1 + exp(-|x|))`. Scores of 100 and -100 must give right losses and gradients.
#
# `discriminator_loss(logits_real, logits_fake)` is the **sum** of two means: the cross entropy of the real images'
# scores with labels 1, and that of the fake images' scores with labels 0.
#
# `generator_loss(logits_fake)` is the cross entropy of the fake images' scores with labels **1**.
#
# Scores come as [batch, 1] or as [batch], and there may be more real images than fake ones, or fewer:
# make labels with `torch.ones_like` and `torch.zeros_like`. Each loss is a tensor without dimensions.


# %%
def bce_loss(input, target):
    """The mean binary cross entropy of scores `input` (logits) with labels `target` of the same shape."""
    ### BEGIN SOLUTION
    return F.binary_cross_entropy_with_logits(input, target)
    ### END SOLUTION


# %%
def discriminator_loss(logits_real, logits_fake):
    """What the discriminator minimises, from its scores of real and of fake images."""
    ### BEGIN SOLUTION
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake
    ### END SOLUTION


# %%
def generator_loss(logits_fake):
    """What the generator minimises, from the discriminator's scores of its images."""
    ### BEGIN SOLUTION
    return bce_loss(logits_fake, torch.ones_like(logits_fake))
    ### END SOLUTION
