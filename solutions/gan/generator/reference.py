# %%
import torch.nn as nn

# %% [markdown]
# ## Generator
#
# The generator makes an image of noise. Write a function that makes this fully connected network:
#
# | layer | numbers in → out |
# |---|---|
# | linear | noise_dim → 1024 |
# | ReLU | |
# | linear | 1024 → 1024 |
# | ReLU | |
# | linear | 1024 → 784 |
# | tanh | |
#
# - Its input is noise [batch, noise_dim], its output one row of 784 numbers for each image: [batch, 784]. They are the
#   pixels of a 28×28 image. The tanh keeps them in [-1, 1], the range to which the real images are scaled.
# - Use the argument `noise_dim`; 96 is only its default.
# - With `noise_dim=4` it has 1,858,320 trainable parameters.


# %%
def generator(noise_dim=96):
    """A new network: noise [batch, noise_dim] -> images as rows [batch, 784]."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )
    ### END SOLUTION
