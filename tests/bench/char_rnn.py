"""The character RNN that the course handed out trained: how well it predicts, and our references that use it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.probes.probing import replacing, seed_everything
from tests.bench.real_data import DataFolder
from tests.bench.references import reference
from tests.bench.table import Row, at_most, equal, near

READ = 60_000  # characters of the text
WEIGHTS = ("Wxh", "Whh", "Why", "bh", "by")
NATS, COLONS, NEWLINE, SPACE = 1.8342, 606, 0.804, 0.1885
ALPHAS = (0.5, 1.0, 2.0)
DRAWS = 1_000
COMPLETIONS, EACH = 200, 5
DEVIATIONS = 4.5  # a right sampler goes beyond once in 150,000 measurements
STARTER = "First Citizen:"


@dataclass(frozen=True)
class Snapshot:
    """A trained vanilla RNN: H hidden units, V characters."""

    weights: dict[str, np.ndarray]  # Wxh [H, V], Whh [H, H], Why [V, H], bh [H, 1], by [V, 1], float64
    index: dict[str, int]  # of each character

    @property
    def names(self) -> dict[str, Any]:
        """The globals that a student's file has after it loaded the snapshot."""
        characters = {i: character for character, i in self.index.items()}
        return {
            **self.weights,
            "chars": list(self.index),
            "vocab_size": len(self.index),
            "char_to_ix": self.index,
            "ix_to_char": characters,
        }

    def step(self, h: np.ndarray, index: int) -> np.ndarray:
        """The hidden state [H, 1] after one more character."""
        return np.tanh(self.weights["Wxh"][:, [index]] + self.weights["Whh"] @ h + self.weights["bh"])

    def distribution(self, h: np.ndarray, alpha: float = 1.0) -> np.ndarray:
        """Probabilities of the next character, [V]: softmax of alpha times the logits."""
        logits = alpha * (self.weights["Why"] @ h + self.weights["by"])[:, 0]
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()


def load_snapshot(data: DataFolder) -> Snapshot:
    """Raises MissingDataError. The copy without pickles is read."""
    arrays = data.arrays("char_rnn/char-rnn-weights-plain.npz", *WEIGHTS)
    index = json.loads(data.text("char_rnn/vocab.json"))["char_to_ix"]
    return Snapshot(dict(zip(WEIGHTS, arrays, strict=True)), index)


def states(snapshot: Snapshot, text: str) -> Iterator[np.ndarray]:
    """The hidden state after each character of the text, from zeros."""
    h = np.zeros_like(snapshot.weights["bh"])
    for character in text:
        h = snapshot.step(h, snapshot.index[character])
        yield h


def likelihood(data: DataFolder) -> Iterator[Row]:
    snapshot = load_snapshot(data)
    text = data.text("char_rnn/shakespeare_train.txt")[:READ]
    nats, after_colon = [], []
    for h, character, following in zip(states(snapshot, text[:-1]), text, text[1:], strict=False):
        p = snapshot.distribution(h)
        nats.append(-np.log(p[snapshot.index[following]]))
        if character == ":":
            after_colon.append(p)
    newline, space = np.mean(after_colon, axis=0)[[snapshot.index["\n"], snapshot.index[" "]]]
    yield near(f"trained RNN: nats a character over {READ} characters", np.mean(nats), NATS, 0.0001)
    yield equal("trained RNN: colons among them", len(after_colon), COLONS)
    yield near("trained RNN: mean P(newline) after a colon", newline, NEWLINE, 0.001)
    yield near("trained RNN: mean P(space) after a colon", space, SPACE, 0.0001)


def samples(data: DataFolder) -> Iterator[Row]:
    """Draws of our sample() with the trained weights, held against the network's own probabilities."""
    snapshot, sample = load_snapshot(data), reference("char_rnn/sample")
    start = snapshot.index["\n"]
    zeros = np.zeros_like(snapshot.weights["bh"])
    for alpha in ALPHAS:
        seed_everything(0)
        with replacing(sample, **snapshot.names):
            drawn = sample(zeros.copy(), start, DRAWS, alpha)
        surplus = surplus_surprise(snapshot, snapshot.step(zeros, start), [drawn], alpha)
        name = f"sample: surprise at {len(drawn)} draws, alpha {alpha:g}, in deviations"
        yield at_most(name, abs(surplus), DEVIATIONS)


def completions(data: DataFolder) -> Iterator[Row]:
    """What our complete() adds to a starter, held against the probabilities after all of the starter."""
    snapshot, complete = load_snapshot(data), reference("char_rnn/complete")
    *_, primed = states(snapshot, STARTER)
    for alpha in ALPHAS:
        seed_everything(0)
        with replacing(complete, **snapshot.names):
            texts = [complete(STARTER, EACH, alpha) for _ in range(COMPLETIONS)]
        added = [[snapshot.index[character] for character in text.removeprefix(STARTER)] for text in texts]
        surplus = surplus_surprise(snapshot, primed, added, alpha)
        name = f"complete: surprise at {sum(map(len, added))} draws, alpha {alpha:g}, in deviations"
        yield at_most(name, abs(surplus), DEVIATIONS)


def surplus_surprise(snapshot: Snapshot, start: np.ndarray, runs: list[list[int]], alpha: float) -> float:
    """How much less likely the draws are than draws from the network are on average, in standard deviations.

    Each run of draws begins at the hidden state `start`. The sum over draws of -log p(drawn) - entropy(p) is a
    martingale: right samples keep it within a few deviations.
    """
    surplus = variance = 0.0
    for run in runs:
        h = start
        for index in run:
            p = snapshot.distribution(h, alpha)
            surprise = -np.log(np.maximum(p, np.finfo(float).tiny))
            surplus += surprise[index] - p @ surprise
            variance += p @ surprise**2 - (p @ surprise) ** 2
            h = snapshot.step(h, index)
    return float(surplus / np.sqrt(variance))
