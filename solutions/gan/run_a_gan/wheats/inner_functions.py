"""Inner functions for the two steps; gradients are cleared by the networks; noise drawn where none is tracked."""

import torch

loader_train = sample_noise = None  # the notebook has them


def run_a_gan(D, G, optD, optG, d_loss_fn, g_loss_fn, show_every=250, batch_size=128, noise_size=96, num_epochs=10):
    def discriminator_step(x):
        with torch.no_grad():
            fake = G(sample_noise(x.size(0), noise_size))
        D.zero_grad()
        loss = d_loss_fn(D(x.mul(2).sub(1)).squeeze(1), D(fake).squeeze(1))
        loss.backward()
        optD.step()
        return loss

    def generator_step(count):
        D.zero_grad()
        G.zero_grad()
        loss = g_loss_fn(D(G(sample_noise(count, noise_size))))
        loss.backward()
        optG.step()
        return loss

    losses = []
    for _epoch in range(num_epochs):
        for x, _labels in loader_train:
            losses.append((discriminator_step(x), generator_step(len(x))))
    return losses
