"""Play-like text from a small grammar: what the snapshot network reads.

    PENDRO:
    The quiet harbour waits beyond the wall,
    and every lantern knows my brother's name.

    Second Miller: Why should the river wander in the snow?

A speaker's name ends in a colon. A line break follows it where a person of rank speaks, in verse; a space where the
speaker is one of the people, in prose. All names and sentences are invented here.
"""

import random

PERSONS = ("PENDRO", "QUILLA", "ORSAVEL", "BRIMANE", "TASSIDOR", "WENNICK", "LUMETTE", "HARGOLD", "VESPANY", "DUNMORA")
PEOPLE = ("Miller", "Ferryman", "Weaver", "Guard", "Piper", "Baker")
RANKS = ("First", "Second", "Third")
NOUNS = (
    "river harbour lantern winter morning kingdom mirror garden window candle mountain shadow feather anvil orchard "
    "letter meadow market sparrow thunder bridge hollow silver quarrel question journey chamber whisper"
).split()
ADJECTIVES = (
    "quiet hollow golden bitter gentle crooked patient sudden faithful weary jealous broken velvet early".split()
)
VERBS = "waits sleeps wanders trembles listens burns sings falters answers returns vanishes gathers".split()
DEEDS = "knows keeps forgets carries follows questions borrows mends betrays welcomes".split()
PLAIN_DEEDS = "know keep forget carry follow question borrow mend betray welcome".split()
PLACES = ("beyond the wall", "below the hill", "before the dawn", "in the snow", "at the gate", "upon the shore")
KIN = "brother sister mother father master cousin".split()
CALLS = ("Alas", "Enough", "Hold", "Come", "Good night", "Farewell", "Hush")


def write_play(characters: int, seed: int) -> str:
    """At least this many characters of play; the same seed writes the same play."""
    rng = random.Random(seed)
    speeches: list[str] = []
    length = 0
    while length < characters:
        speeches.append(_speech(rng))
        length += len(speeches[-1])
    return "".join(speeches)


def _speech(rng: random.Random) -> str:
    if rng.random() < 0.25:
        return f"{rng.choice(RANKS)} {rng.choice(PEOPLE)}: {' '.join(_prose(rng))}\n\n"
    lines = "".join(line + "\n" for _ in range(rng.randint(1, 2)) for line in _verse(rng))
    return f"{rng.choice(PERSONS)}:\n{lines}\n"


def _prose(rng: random.Random) -> list[str]:
    return [rng.choice((_statement, _question, _call))(rng) for _ in range(rng.randint(1, 2))]


def _verse(rng: random.Random) -> list[str]:
    """One or two lines that make a sentence."""
    if rng.random() < 0.4:
        return [rng.choice((_statement, _question, _call))(rng)]
    first, second = _clause(rng), _clause(rng)
    return [_capital(first) + rng.choice((",", ";")), f"{rng.choice(('and', 'but', 'for', 'yet'))} {second}."]


def _statement(rng: random.Random) -> str:
    return _capital(_clause(rng)) + "."


def _question(rng: random.Random) -> str:
    asked = rng.choice(("Why should", "How can", "When will", "Must"))
    end = rng.choice((f"{rng.choice(PLAIN_DEEDS)} {_thing(rng)}", f"wander {rng.choice(PLACES)}"))
    return f"{asked} {_thing(rng)} {end}?"


def _call(rng: random.Random) -> str:
    return f"{rng.choice(CALLS)}, my {rng.choice(('lord', 'friend', 'queen', rng.choice(KIN)))}!"


def _clause(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"{_thing(rng)} {rng.choice(VERBS)} {rng.choice(PLACES)}"
    return f"{_thing(rng)} {rng.choice(DEEDS)} {_thing(rng)}"


def _thing(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.2:
        return f"my {rng.choice(KIN)}'s {rng.choice(NOUNS)}"
    described = f"{rng.choice(ADJECTIVES)} " if kind < 0.6 else ""
    return f"{rng.choice(('the', 'every', 'no', 'this'))} {described}{rng.choice(NOUNS)}"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
