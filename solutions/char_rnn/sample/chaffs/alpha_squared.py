"""alpha works twice: on the logits, and once more as a power of the chances. Once is enough."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])

LOSES = {"alpha"}


def sample(h, seed_ix, n, alpha=1.0):
    x = np.zeros((vocab_size, 1))
    x[seed_ix] = 1
    indices = []
    for _ in range(n):
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        y = np.dot(Why, h) + by
        p = np.exp(alpha * y) ** alpha
        p = p / np.sum(p)
        ix = np.random.choice(range(vocab_size), p=p.ravel())
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        indices.append(ix)
    return indices
