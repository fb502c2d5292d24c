"""Characters are drawn with equal chances, as if the network had said nothing. Give the draw the softmax of the
logits."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])

LOSES = {"follows"}


def sample(h, seed_ix, n, alpha=1.0):
    indices = []
    for _ in range(n):
        ix = np.random.randint(vocab_size)
        indices.append(ix)
    return indices
