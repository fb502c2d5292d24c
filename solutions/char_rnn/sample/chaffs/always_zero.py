"""The list has the right length, but nothing in it was drawn. Let each index come from a draw with the network's
chances."""

LOSES = {"form"}


def sample(h, seed_ix, n, alpha=1.0):
    return [0] * n
