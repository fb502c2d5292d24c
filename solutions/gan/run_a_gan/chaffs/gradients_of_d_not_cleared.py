"""The discriminator's gradients are not cleared, and the generator's backward pass leaves some there too: call
D_solver.zero_grad() at the start of its step."""

LOSES = {"all-steps"}


loader_train = sample_noise = None  # the notebook has them


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
            logits_real = D(2 * (x - 0.5))
            fake_images = G(sample_noise(batch_size, noise_size)).detach()
            logits_fake = D(fake_images.reshape(-1, 1, 28, 28))
            d_error = discriminator_loss(logits_real, logits_fake)
            d_error.backward()
            D_solver.step()

            G_solver.zero_grad()
            fakes = G(sample_noise(batch_size, noise_size))
            g_error = generator_loss(D(fakes.reshape(-1, 1, 28, 28)))
            g_error.backward()
            G_solver.step()
