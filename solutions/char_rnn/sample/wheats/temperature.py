"""Another name and other names of parameters, with a temperature that divides; the result is the text."""

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
vocab_size = len(snapshot["chars"])
ix_to_char = snapshot["ix_to_char"].tolist()


def sampleTemperature(hprev, start_ix, length, temperature=1.0):
    letters = ""
    x = np.zeros((vocab_size, 1))
    x[start_ix] = 1
    hprev = np.copy(hprev)
    for _ in range(length):
        hprev = np.tanh(Wxh.dot(x) + Whh.dot(hprev) + bh)
        y = (Why.dot(hprev) + by) / temperature
        p = np.exp(y) / np.exp(y).sum()
        ix = np.random.choice(np.arange(vocab_size), p=p[:, 0])
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        letters += ix_to_char[ix]
    return letters
