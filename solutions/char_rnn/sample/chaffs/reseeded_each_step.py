"""The generator is seeded before every draw, so every draw uses the same random number. Seed once outside the
function, if at all."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])

LOSES = {"follows"}


def sample(h, seed_ix, n, alpha=1.0):
    x = np.zeros((vocab_size, 1))
    x[seed_ix] = 1
    indices = []
    for _ in range(n):
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        y = np.dot(Why, h) + by
        p = np.exp(alpha * y) / np.sum(np.exp(alpha * y))
        np.random.seed(1)
        ix = np.random.choice(range(vocab_size), p=p.ravel())
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        indices.append(ix)
    return indices
