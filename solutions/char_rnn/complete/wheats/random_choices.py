"""Python's generator, a dictionary of chances, and a list of characters that is joined at the end."""

import random

import numpy as np

snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()


def chances_after(h, alpha):
    logits = (alpha * (Why @ h + by)).ravel()
    powers = np.exp(logits - logits.max())
    return {ix_to_char[ix]: power for ix, power in enumerate(powers)}


def complete(starter, n, alpha=1.0):
    state = np.zeros(bh.shape)
    written = list(starter)
    for place in range(len(starter) + n):
        if place >= len(starter):
            chances = chances_after(state, alpha)
            written += random.choices(list(chances), weights=chances.values())
        state = np.tanh(Wxh[:, char_to_ix[written[place]]][:, None] + Whh @ state + bh)
    return "".join(written)
