"""The likeliest character is taken each time, so nothing is left to chance. Draw from the probabilities."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()

LOSES = {"follows"}


def read(h, ix):
    return np.tanh(Wxh[:, [ix]] + np.dot(Whh, h) + bh)


def draw(h, alpha):
    y = alpha * (np.dot(Why, h) + by)
    return int(np.argmax(y))


def complete(starter, n, alpha=1.0):
    fed = [char_to_ix[c] for c in starter]
    h = np.zeros((len(bh), 1))
    for ix in fed:
        h = read(h, ix)
    text = starter
    for _ in range(n):
        ix = draw(h, alpha)
        text += ix_to_char[ix]
        h = read(h, ix)
    return text
