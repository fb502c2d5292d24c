"""The list begins with the seed and ends one draw early. The seed was not drawn: append an index after its draw."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])

LOSES = {"length"}


def sample(h, seed_ix, n, alpha=1.0):
    ix = seed_ix
    indices = []
    for _ in range(n):
        indices.append(ix)
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        y = alpha * (np.dot(Why, h) + by)
        p = np.exp(y) / np.sum(np.exp(y))
        ix = np.random.choice(range(vocab_size), p=p.ravel())
    return indices
