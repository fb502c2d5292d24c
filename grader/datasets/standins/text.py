"""Text of words that nobody knows, in the form of a play: a speaker's name and a colon, then lines of speech."""

import random

SYLLABLES = (
    "ba be bo da de do fa fi ga go ha he ka ko la le li lo ma me mo na ne no pa ra re ro sa se so ta te to".split()
)
WORDS, SPEAKERS = 400, 12
AFTER_COLON = "\n\n\n "  # some begin on the line of the name


def make_text(characters: int, seed: int) -> str:
    """At least this many characters; the same seed makes the same. A few words are frequent, most are rare."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 3))) for _ in range(WORDS)]
    weights = [1 / rank for rank in range(1, WORDS + 1)]
    speakers = rng.sample([word.upper() for word in words if len(word) > 4], SPEAKERS)
    speeches: list[str] = []
    length = 0
    while length < characters:
        lines = (rng.choices(words, weights, k=rng.randint(4, 8)) for _ in range(rng.randint(1, 4)))
        speech = "\n".join(" ".join(line).capitalize() + rng.choice(",.?") for line in lines)
        speeches.append(f"{rng.choice(speakers)}:{rng.choice(AFTER_COLON)}{speech}\n\n")
        length += len(speeches[-1])
    return "".join(speeches)
