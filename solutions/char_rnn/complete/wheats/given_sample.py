"""Hands the last character and alpha on to sample(), as the text suggests; parameters have other names."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()


def completeString(s, size, temperature=1):
    h = np.zeros_like(bh)
    for c in s[:-1]:
        h = np.tanh(Wxh[:, [char_to_ix[c]]] + Whh.dot(h) + bh)
    drawn = sample(h, char_to_ix[s[-1]], size, 1.0 / temperature)  # noqa: F821 (of the exercise before)
    print("completed", repr(s))
    return s + "".join([ix_to_char[ix] for ix in drawn])
