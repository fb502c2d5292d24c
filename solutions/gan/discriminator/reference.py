# %%
import torch.nn as nn

# %% [markdown]
# ## Discriminator
#
# The discriminator looks at an image of a digit and gives one score: large where it takes the image for a real one.
# Write a function that makes this fully connected network:
#
# | layer | numbers in → out |
# |---|---|
# | flatten the image | 1×28×28 → 784 |
# | linear | 784 → 256 |
# | leaky ReLU with slope 0.01 | |
# | linear | 256 → 256 |
# | leaky ReLU with slope 0.01 | |
# | linear, and nothing after it | 256 → 1 |
#
# - Its input is a batch of images [batch, 1, 28, 28] with values in [-1, 1], its output [batch, 1].
# - The output is a raw score (a logit): the loss applies the sigmoid.
# - It has 267,009 trainable parameters. A network that lacks an activation has just as many, so check the layers too.
# - `nn.Sequential` and `nn.Flatten()` make it short.


# %%
def discriminator():
    """A new network: images [batch, 1, 28, 28] -> scores [batch, 1]."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 1),
    )
    ### END SOLUTION
