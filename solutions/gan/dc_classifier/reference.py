# %%
import torch.nn as nn

# %% [markdown]
# ## Deep convolutional discriminator
#
# Convolutions see the shapes of strokes, which a fully connected network has to learn for every place of the image.
# Write a function that makes this network, the discriminator of a deep convolutional GAN:
#
# | layer | output for one image |
# |---|---|
# | the image | 1×28×28 |
# | convolution with 32 filters, 5×5, stride 1, no padding | 32×24×24 |
# | leaky ReLU with slope 0.01 | |
# | max-pooling 2×2, stride 2 | 32×12×12 |
# | convolution with 64 filters, 5×5, stride 1, no padding | 64×8×8 |
# | leaky ReLU with slope 0.01 | |
# | max-pooling 2×2, stride 2 | 64×4×4 |
# | flatten | 1024 |
# | linear | 1024 |
# | leaky ReLU with slope 0.01 | |
# | linear, and nothing after it | 1 |
#
# - Its input is a batch of images [batch, 1, 28, 28] with values in [-1, 1], its output one raw score each, [batch, 1].
# - It should take any number of images: write no batch size in.
# - It has 1,102,721 trainable parameters.


# %%
def build_dc_classifier():
    """A new network: images [batch, 1, 28, 28] -> scores [batch, 1]."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(1, 32, kernel_size=5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, kernel_size=5),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 4 * 64, 4 * 4 * 64),
        nn.LeakyReLU(0.01),
        nn.Linear(4 * 4 * 64, 1),
    )
    ### END SOLUTION
