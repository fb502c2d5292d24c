# %%
import torch.nn as nn

# %% [markdown]
# ## Deep convolutional generator
#
# Transposed convolutions make an image larger and larger, starting from a small one with many channels. Write a
# function that makes this network, in this order:
#
# | layer | output for one noise vector |
# |---|---|
# | linear | 1024 |
# | ReLU, then batch norm | |
# | linear | 7·7·128 = 6272 |
# | ReLU, then batch norm | |
# | reshape into an image | 128×7×7 |
# | transposed convolution with 64 filters, 4×4, stride 2, padding 1 | 64×14×14 |
# | ReLU, then batch norm | |
# | transposed convolution with 1 filter, 4×4, stride 2, padding 1 | 1×28×28 |
# | tanh | |
# | flatten | 784 |
#
# - Its input is noise [batch, noise_dim], its output rows of pixels in [-1, 1]: [batch, 784].
# - Batch norm comes after the ReLU here. Use `nn.BatchNorm1d` for rows, `nn.BatchNorm2d` for images.
# - `nn.Unflatten(1, (128, 7, 7))` reshapes. Write no batch size in, and use the argument `noise_dim`.
# - With `noise_dim=4` it has 6,580,801 trainable parameters.


# %%
def build_dc_generator(noise_dim=96):
    """A new network: noise [batch, noise_dim] -> images as rows [batch, 784]."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.BatchNorm1d(1024),
        nn.Linear(1024, 7 * 7 * 128),
        nn.ReLU(),
        nn.BatchNorm1d(7 * 7 * 128),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(64),
        nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1),
        nn.Tanh(),
        nn.Flatten(),
    )
    ### END SOLUTION
