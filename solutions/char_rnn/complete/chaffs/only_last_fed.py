"""Only the starter's last character is read, so the network does not know how the text began. Read all characters,
in order, from a state of zeros."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()

LOSES = {"primed"}


def read(h, ix):
    return np.tanh(Wxh[:, [ix]] + np.dot(Whh, h) + bh)


def draw(h, alpha):
    y = alpha * (np.dot(Why, h) + by)
    p = np.exp(y) / np.sum(np.exp(y))
    return np.random.choice(len(p), p=p.ravel())


def complete(starter, n, alpha=1.0):
    fed = [char_to_ix[starter[-1]]]
    h = np.zeros((len(bh), 1))
    for ix in fed:
        h = read(h, ix)
    text = starter
    for _ in range(n):
        ix = draw(h, alpha)
        text += ix_to_char[ix]
        h = read(h, ix)
    return text
