# %%
import torch

# %% [markdown]
# ## Noise
#
# The generator makes images of noise. Write a function that draws it: a tensor [batch_size, dim] of independent random
# numbers, each with the same chance of lying anywhere in [-1, 1].
#
# `torch.rand` draws uniformly from [0, 1). Every call must give new numbers: don't set a seed inside the function.


# %%
def sample_noise(batch_size, dim):
    """New uniform noise in [-1, 1]: a tensor [batch_size, dim] of torch's default dtype."""
    ### BEGIN SOLUTION
    return torch.rand(batch_size, dim) * 2 - 1
    ### END SOLUTION
