"""One random number serves for all characters of a call, so the draws depend on each other. Draw a new one for
each."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])

LOSES = {"follows"}


def sample(h, seed_ix, n, alpha=1.0):
    x = np.zeros((vocab_size, 1))
    x[seed_ix] = 1
    indices = []
    number = np.random.rand()
    for _ in range(n):
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        y = np.dot(Why, h) + by
        p = np.exp(alpha * y) / np.sum(np.exp(alpha * y))
        ix = min(int(np.sum(np.cumsum(p) < number)), vocab_size - 1)
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        indices.append(ix)
    return indices
