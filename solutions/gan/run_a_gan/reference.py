# %%
import torch

# %% tags=["standalone"]
loader_train = []


def sample_noise(batch_size, dim):
    """Stands in for the exercise's own function, where this file is used alone."""
    return torch.rand(batch_size, dim) * 2 - 1


def show_images(images):
    """Stands in for the notebook's function, where this file is used alone."""


# %% [markdown]
# ## Training
#
# `run_a_gan` trains both networks, `num_epochs` times over all batches of `loader_train`. Each batch x of real images
# is used for two steps. First the **discriminator**'s:
#
# 1. Clear its gradients with `D_solver.zero_grad()`.
# 2. Scale the real images from [0, 1] to [-1, 1], the range of the generator's: `2 * (x - 0.5)`. Let D score them.
# 3. Let G make as many fake images of `sample_noise(len(x), noise_size)`. D takes images, so reshape the rows to
#    [batch, 1, 28, 28]. Cut them off from G with `detach()`: this step is none of G's business.
# 4. Call the argument `discriminator_loss` with both scores, real first; send it backward; `D_solver.step()`.
#
# Then the **generator**'s, against the discriminator that has just learnt:
#
# 1. Clear its gradients with `G_solver.zero_grad()`.
# 2. Make fake images of new noise, now without `detach()`, and let D score them.
# 3. Call the argument `generator_loss` with these scores; send it backward; `G_solver.step()`.
#
# Write both steps where the comments stand; the loop gives `x`, and wants `d_error`, `g_error` and `fake_images`.


# %%
def run_a_gan(
    D,
    G,
    D_solver,
    G_solver,
    discriminator_loss,
    generator_loss,
    show_every=250,
    batch_size=128,
    noise_size=96,
    num_epochs=10,
):
    """Train discriminator D and generator G; every `show_every` batches, print both losses and show fake images."""
    iteration = 0
    for _ in range(num_epochs):
        for x, _ in loader_train:
            if len(x) != batch_size:
                continue

            # the discriminator's step: leave its loss in d_error
            ### BEGIN SOLUTION
            D_solver.zero_grad()
            logits_real = D(2 * (x - 0.5))
            fake_images = G(sample_noise(batch_size, noise_size)).detach()
            logits_fake = D(fake_images.reshape(-1, 1, 28, 28))
            d_error = discriminator_loss(logits_real, logits_fake)
            d_error.backward()
            D_solver.step()
            ### END SOLUTION

            # the generator's step: leave its loss in g_error, its images in fake_images
            ### BEGIN SOLUTION
            G_solver.zero_grad()
            fake_images = G(sample_noise(batch_size, noise_size))
            logits_fake = D(fake_images.reshape(-1, 1, 28, 28))
            g_error = generator_loss(logits_fake)
            g_error.backward()
            G_solver.step()
            ### END SOLUTION

            iteration += 1
            if iteration % show_every == 0:
                print(f"batch {iteration}: loss of D {d_error.item():.4f}, of G {g_error.item():.4f}")
                show_images(fake_images.detach()[:16])
