# %%
import numpy as np

# %% [markdown]
# ## A recurrent network that writes
#
# `char-rnn-snapshot.npz` holds a trained network that reads a play one character at a time. A character is a column of
# zeros with a one at its index; the network keeps a hidden state `h`, a column of H numbers:
#
#     h       = tanh(Wxh x + Whh h + bh)        after reading the character x
#     logits  = Why h + by                      one number for each character that may come next
#     chances = softmax(logits)
#
# `char_to_ix` and `ix_to_char` translate between characters and indices.

# %%
snapshot = np.load("char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (snapshot[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
char_to_ix, ix_to_char = snapshot["char_to_ix"].tolist(), snapshot["ix_to_char"].tolist()
vocab_size = len(char_to_ix)

# %% [markdown]
# ### Temperature
#
# To write, draw a character from the chances, let the network read it, draw the next one, and so on. Multiply the
# logits by a number `alpha` before softmax: below 1 the chances come closer together, and above 1 the network keeps to
# what it is sure of. (1 / alpha is called the temperature.)
#
# `sample(h, seed_ix, n, alpha=1.0)` draws `n` characters. The network, in state `h` (shape [H, 1]), first reads the
# character with index `seed_ix`, once; then each character that it draws. Return the list of the n drawn indices,
# without the seed. Leave the array `h` as it is, and seed no generator inside: every call shall give another text.


# %%
def sample(h, seed_ix, n, alpha=1.0):
    """Indices of n characters drawn from the network in state h after it has read the character seed_ix."""
    ### BEGIN SOLUTION
    indices = []
    ix = seed_ix
    for _ in range(n):
        x = np.zeros((vocab_size, 1))
        x[ix] = 1
        h = np.tanh(Wxh @ x + Whh @ h + bh)
        logits = alpha * (Why @ h + by)
        chances = np.exp(logits - logits.max())
        ix = np.random.choice(vocab_size, p=(chances / chances.sum()).ravel())
        indices.append(int(ix))
    return indices
    ### END SOLUTION
