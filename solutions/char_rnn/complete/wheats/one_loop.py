"""A single loop over the starter and what is drawn; only the new characters come back."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()


def complete(starter, n, alpha=1.0):
    h, new = np.zeros((bh.shape[0], 1)), ""
    waiting = list(starter)
    while len(new) < n:
        x = np.zeros((len(char_to_ix), 1))
        x[char_to_ix[waiting.pop(0)]] = 1
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        if not waiting:
            p = np.exp(alpha * (np.dot(Why, h) + by))
            ix = np.random.choice(range(len(p)), p=(p / np.sum(p)).ravel())
            new += ix_to_char[ix]
            waiting.append(ix_to_char[ix])
    return new
