# %% [markdown]
# # A recurrent network that reads and writes
#
# A small recurrent network has read a play, character after character, and at each one it tried to tell the next. It
# never saw a grammar or a dictionary: all that it knows stands in three matrices. You let it write at different
# temperatures, let it continue beginnings of your own, and then read its weights to find out why it does what it does.
#
# Run the cells from top to bottom. Where a cell says `YOUR CODE HERE`, write code; keep the names and arguments of the
# functions, as they are graded by name. A cell that begins with `check` tells you how far you are. The file
# `char-rnn-snapshot.npz` with the trained network must lie beside this notebook. `README.md` says which parts carry
# marks and how to install what is needed.

# %% tags=["parameters"]
LENGTH = 300  # characters of each text below

# %%
from collections import Counter
from contextlib import contextmanager

import matplotlib.pyplot as plt
import numpy as np

# %% exercise="char_rnn/sample"

# %% [markdown]
# Texts at several temperatures. They start in a state of zeros, after a newline.


# %%
def text_of(indices):
    """The characters with these indices as one string."""
    return "".join(ix_to_char[ix] for ix in indices)


for alpha in (0.3, 0.7, 1.0, 1.5, 4.0):
    print(f"--- alpha {alpha}, temperature {1 / alpha:.2f}")
    print(text_of(sample(np.zeros_like(bh), char_to_ix["\n"], LENGTH, alpha)))
    print()

# %% [markdown]
# What does the temperature do to the texts? Which is the best to read, and what is wrong with those at both ends?

# %% exercise="char_rnn/complete"

# %% [markdown]
# Try beginnings of your own, and pick five continuations that show something the network has learnt: how a line of a
# speaker begins, where words end, when a sentence is over.

# %%
for starter in ("The quiet ", "PEND", "Why should ", "First ", "my brother's"):
    print(f"--- {starter!r}")
    print(complete(starter, LENGTH // 3))
    print()

# %% [markdown]
# ## Reading the weights
#
# Column c of `Wxh` is what reading the character with index c adds to each hidden unit. Row r of `Why` is what each
# hidden unit adds to the score of the character with index r as the next one. `Whh` carries the units' states from one
# character to the next. `tanh` keeps a unit between -1 and 1: a sum of 2 already gives 0.96.

# %%
characters = [ix_to_char[ix] for ix in range(vocab_size)]
names = [repr(character)[1:-1].replace(" ", "␣") for character in characters]
print(" ".join(f"{ix}:{name}" for ix, name in enumerate(names)))


def show_weights(matrix, title):
    """Draw a matrix [hidden units, characters]: blue is negative, red is positive."""
    most = np.abs(matrix).max()
    plt.figure(figsize=(11, 7))
    plt.imshow(matrix, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto")
    plt.xticks(range(vocab_size), names)
    plt.ylabel("hidden unit")
    plt.title(title)
    plt.colorbar()
    plt.show()


show_weights(Wxh, "Wxh: what reading a character adds to each hidden unit")
show_weights(Why.T, "Why, turned: what each hidden unit adds to a character's score")

# %% [markdown]
# `show_next` lets the network continue a text many times by one character, with your `complete`, and counts what it
# writes. Inside a `with zeroed(…)` some of its weights are zero. Try whether a behaviour goes away with the weights
# that you suspect: that is how the answers in `answers.toml` are judged, too.


# %%
def show_next(text, draws=300):
    """Print the five characters that are most often drawn after this text."""
    drawn = Counter(complete(text, 1)[-1] for _ in range(draws))
    print(f"after {text!r}: " + ", ".join(f"{c!r} {count / draws:.0%}" for c, count in drawn.most_common(5)))


@contextmanager
def zeroed(*weights):
    """Set weights to zero for a while, each given as (matrix, row, column)."""
    before = [matrix[row, column] for matrix, row, column in weights]
    for matrix, row, column in weights:
        matrix[row, column] = 0
    try:
        yield
    finally:
        for (matrix, row, column), value in zip(weights, before):
            matrix[row, column] = value


for text in ("PENDRO:", "First Miller:", "The quiet "):
    show_next(text)

# %% [markdown]
# An example: these two weights, taken at random, have nothing to do with what follows a colon.

# %%
with zeroed((Wxh, 3, char_to_ix["a"]), (Why, char_to_ix["e"], 3)):
    show_next("PENDRO:")

# %% [markdown]
# **Newline or space after a colon.** In the network's texts one of these two nearly always follows a colon. Find the
# weights that are responsible. Which hidden units does the colon drive strongly, and in which direction? Which of these
# units raise the score of newline, and which that of space? A unit that is driven to -1 raises the score of a character
# through a negative weight. Biases are no explanation, since they act after every character.
#
# Write the weights into the part `[colon_weights]` of `answers.toml`, with their coordinates and values, and explain in
# your report how they lead from the colon to the newline or the space.

# %%
# Your search

# %% [markdown]
# **Another behaviour.** Look through the texts for something else that the network does reliably, and find the weights
# behind it in the same way. They go into `[own_behaviour]`, and their explanation into your report.

# %%
# Your search
