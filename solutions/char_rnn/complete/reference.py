# %%
import numpy as np

# %% tags=["standalone"]
snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()
vocab_size = len(char_to_ix)


# %% tags=["standalone"]
def sample(h, seed_ix, n, alpha=1.0):
    """Indices of n characters drawn from the network in state h after it has read the character seed_ix."""
    indices = []
    for _ in range(n):
        h = np.tanh(Wxh[:, [indices[-1] if indices else seed_ix]] + Whh @ h + bh)
        logits = alpha * (Why @ h + by)
        chances = np.exp(logits - logits.max())
        indices.append(int(np.random.choice(vocab_size, p=(chances / chances.sum()).ravel())))
    return indices


# %% [markdown]
# ### Completing a text
#
# Give the network the beginning of a text, and let it write on. It has to read the whole starter first, from a hidden
# state of zeros, so that its state knows what was said; from there it draws characters as in `sample`.
#
# `complete(starter, n, alpha=1.0)` returns the starter with `n` more characters drawn after it, as one string. (The n
# characters alone are right too.) Take care with the starter's last character: the network reads it once, like all
# others, and the first drawn character follows it. If you hand it to `sample` as the seed, it must not have been read
# before.


# %%
def complete(starter, n, alpha=1.0):
    """The starter and n characters that the network writes after it."""
    ### BEGIN SOLUTION
    h = np.zeros_like(bh)
    for character in starter[:-1]:
        x = np.zeros((vocab_size, 1))
        x[char_to_ix[character]] = 1
        h = np.tanh(Wxh @ x + Whh @ h + bh)
    indices = sample(h, char_to_ix[starter[-1]], n, alpha)
    return starter + "".join(ix_to_char[ix] for ix in indices)
    ### END SOLUTION
