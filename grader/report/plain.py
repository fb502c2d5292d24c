"""Text that came out of a submission, made safe to print: nothing in it moves the cursor or hides other text."""

import unicodedata

LONGEST = 2_000  # characters of one message; what is longer would bury the rest of the report
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, direction marks, lone surrogates, …


def plain(text: str) -> str:
    """`text` with every character that prints nothing of its own shown as an escape; line ends stay."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"
    if shown.isprintable():
        return shown
    return "".join(c if c == "\n" or unicodedata.category(c) not in UNPRINTABLE else _escape(c) for c in shown)


def line(text: str) -> str:
    """`plain`, on one line."""
    return plain(text.replace("\r\n", "\n").replace("\n", " "))


def _escape(character: str) -> str:
    return "    " if character == "\t" else character.encode("unicode_escape").decode("ascii")
