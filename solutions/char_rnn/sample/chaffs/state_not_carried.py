"""Every step starts again from the h that the function was given, so the network remembers nothing of what it
wrote. Keep the new state for the next step."""

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
        hidden = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        y = np.dot(Why, hidden) + by
        p = np.exp(alpha * y) / np.sum(np.exp(alpha * y))
        ix = np.random.choice(range(vocab_size), p=p.ravel())
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        indices.append(ix)
    return indices
