"""The text is as long as it should be, but the network wrote none of it. Draw the new characters from its
probabilities."""

LOSES = {"follows"}


def complete(starter, n, alpha=1.0):
    return (starter * (n + 1))[: len(starter) + n]
