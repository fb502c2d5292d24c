# %%
import math

import torch

# %% [markdown]
# ## A smooth activation
#
# `gelu(x)` multiplies every element of `x` by the probability that a standard normal number lies below it. The shape
# stays the same. Use `torch.erf`; `F.gelu` is what you are to rebuild.


# %%
def gelu(x):
    """x times the standard normal distribution function of x, element by element."""
    ### BEGIN SOLUTION
    below = (1 + torch.erf(x / math.sqrt(2))) / 2
    return x * below
    ### END SOLUTION
