"""Takes the loader as an argument, uses one batch of fake images for both steps, returns what it has seen."""

sample_noise = None  # the notebook has them


def run_a_gan(
    D,
    G,
    D_solver,
    G_solver,
    discriminator_loss,
    generator_loss,
    loader_train,
    show_every=250,
    batch_size=128,
    noise_size=96,
    num_epochs=10,
    verbose=False,
):
    history = []
    for _ in range(num_epochs):
        for images, _ in iter(loader_train):
            fake = G(sample_noise(len(images), noise_size))
            d_loss = discriminator_loss(D(images * 2 - 1), D(fake.detach()))
            D_solver.zero_grad()
            d_loss.backward()
            D_solver.step()

            g_loss = generator_loss(D(fake))
            G_solver.zero_grad()
            g_loss.backward()
            G_solver.step()
            history.append((d_loss.item(), f"{g_loss:.3f}"))
    return history, fake.detach()
