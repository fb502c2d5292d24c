# %%

# %% [markdown]
# ## Least-squares losses
#
# A least-squares GAN takes the scores themselves, without a sigmoid, and wants them near their label: 1 for real
# images, 0 for fake ones. With D(x) a real image's score and D(G(z)) a fake image's:
#
#     discriminator: 1/2 * mean of (D(x) - 1)^2  +  1/2 * mean of D(G(z))^2
#     generator:     1/2 * mean of (D(G(z)) - 1)^2
#
# Mind the factors of a half. Scores come as [batch, 1] or as [batch], and there may be more of one kind than of the
# other. Each loss is a tensor without dimensions.


# %%
def ls_discriminator_loss(scores_real, scores_fake):
    """What the discriminator minimises, from its scores of real and of fake images."""
    ### BEGIN SOLUTION
    return 0.5 * ((scores_real - 1) ** 2).mean() + 0.5 * (scores_fake**2).mean()
    ### END SOLUTION


# %%
def ls_generator_loss(scores_fake):
    """What the generator minimises, from the discriminator's scores of its images."""
    ### BEGIN SOLUTION
    return 0.5 * ((scores_fake - 1) ** 2).mean()
    ### END SOLUTION
