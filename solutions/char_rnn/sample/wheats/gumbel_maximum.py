"""The largest of logits plus Gumbel noise is a draw from their softmax; a generator of its own at module level."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])
generator = np.random.default_rng(7)


def sample(h, seed_ix, n, alpha=1.0):
    indices = np.empty(n + 1, dtype=int)
    indices[0] = seed_ix
    for t in range(n):
        h = np.tanh(Wxh[:, indices[t], None] + Whh.dot(h) + bh)
        noisy = alpha * (Why.dot(h) + by)[:, 0] + generator.gumbel(size=vocab_size)
        indices[t + 1] = noisy.argmax()
    return indices[1:]
