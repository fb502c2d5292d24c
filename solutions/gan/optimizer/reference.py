# %%
import torch.optim as optim

# %% [markdown]
# ## Optimizer
#
# Both networks are trained with Adam, at a learning rate of 0.001 and with betas (0.5, 0.999). The first beta is
# smaller than usual: the two networks change each other's task all the time, so old gradients are worth little.
# Write a function that makes this optimizer for all parameters of a network.


# %%
def get_optimizer(model):
    """A new Adam optimizer for the parameters of `model`."""
    ### BEGIN SOLUTION
    return optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))
    ### END SOLUTION
