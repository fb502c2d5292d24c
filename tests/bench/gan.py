"""GAN losses on logits with known losses, and a short run on real handwritten digits."""

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from typing import Any

import torch
from torch import Tensor, nn

from grader.probes.probing import defined_with, replacing
from tests.bench.real_data import DataFolder
from tests.bench.references import reference
from tests.bench.table import Row, claim, equal, near

CHECKS = ("gan-checks.npz", "gan-checks-tf.npz")
PUBLISHED = {
    "discriminator_loss": 1.84239839,
    "generator_loss": 0.7712862,
    "ls_discriminator_loss": 1.87702936,
    "ls_generator_loss": 0.81695479,
}
BATCH, NOISE = 128, 96


def losses(data: DataFolder) -> Iterator[Row]:
    gan, least_squares = reference("gan/gan_loss"), reference("gan/ls_loss")
    for file in CHECKS:
        real, fake = (torch.from_numpy(logits) for logits in data.arrays(file, "logits_real", "logits_fake"))
        for name, published in PUBLISHED.items():
            loss = defined_with(least_squares if name.startswith("ls_") else gan, name)
            measured = loss(fake) if name.endswith("generator_loss") else loss(real, fake)
            yield near(f"{name} on {file}", measured.item(), published, 1e-7)


def digits(data: DataFolder) -> Iterator[Row]:
    """One epoch of the fully connected networks on real digits: nothing diverges, and both networks learn."""
    (pixels,) = data.arrays("mnist_train_first4544.npz", "x")
    torch.manual_seed(0)
    networks = {"discriminator": reference("gan/discriminator")(), "generator": reference("gan/generator")(NOISE)}
    before = {name: [p.detach().clone() for p in network.parameters()] for name, network in networks.items()}
    logged = run_an_epoch(*networks.values(), torch.from_numpy(pixels).float().unsqueeze(1) / 255)
    for name, network in networks.items():
        what = f"run_a_gan on {len(pixels)} digits, {name}"
        seen = torch.tensor(logged[name])
        yield equal(f"{what}: steps", len(seen), len(pixels) // BATCH)
        shown = f"{seen.min():.3f} to {seen.max():.3f}"
        yield claim(f"{what}: losses", bool(seen.isfinite().all()), shown, "finite")
        moved = [bool((p != b).any()) for p, b in zip(network.parameters(), before[name], strict=True)]
        yield equal(f"{what}: parameters that learnt", sum(moved), len(moved))


def run_an_epoch(D: nn.Module, G: nn.Module, images: Tensor) -> dict[str, list[float]]:
    """The losses of each step of our run_a_gan, with our optimizer, losses and noise, on images [n, 1, 28, 28]."""
    logged: dict[str, list[float]] = {}
    run_a_gan, optimizer_of, gan = reference("gan/run_a_gan"), reference("gan/optimizer"), reference("gan/gan_loss")
    given = {
        "loader_train": [(batch, None) for batch in images.split(BATCH)],
        "sample_noise": reference("gan/sample_noise"),
        "show_images": lambda _: None,
    }
    d_loss = logging(defined_with(gan, "discriminator_loss"), logged.setdefault("discriminator", []))
    g_loss = logging(defined_with(gan, "generator_loss"), logged.setdefault("generator", []))
    with replacing(run_a_gan, **given), redirect_stdout(io.StringIO()):
        run_a_gan(
            *(D, G, optimizer_of(D), optimizer_of(G), d_loss, g_loss), batch_size=BATCH, noise_size=NOISE, num_epochs=1
        )
    return logged


def logging(loss: Callable[..., Tensor], log: list[float]) -> Callable[..., Tensor]:
    """The same loss, which also notes its values."""

    def logged(*logits: Any) -> Tensor:
        value = loss(*logits)
        log.append(value.item())
        return value

    return logged
