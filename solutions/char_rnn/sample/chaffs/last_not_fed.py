"""The first character is drawn from h as it was given, before the network has read the seed. Read seed_ix first,
once, and draw then."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])

LOSES = {"start"}


def sample(h, seed_ix, n, alpha=1.0):
    indices = []
    for _ in range(n):
        y = alpha * (np.dot(Why, h) + by)
        p = np.exp(y) / np.sum(np.exp(y))
        ix = np.random.choice(range(vocab_size), p=p.ravel())
        indices.append(ix)
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
    return indices
