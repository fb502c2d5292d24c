"""Only the discriminator is trained: the generator's step is missing, with generator_loss, backward() and a step of
G_solver."""

loader_train = sample_noise = None  # the notebook has them

LOSES = {"generator-step"}


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
    for _ in range(num_epochs):
        for x, _ in loader_train:
            D_solver.zero_grad()
            fake_images = G(sample_noise(batch_size, noise_size)).detach()
            discriminator_loss(D(2 * (x - 0.5)), D(fake_images)).backward()
            D_solver.step()
