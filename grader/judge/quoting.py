"""How values are written in messages. What a student's process said is cut short and made printable.

Messages are plain text: whoever shows them on a terminal or a page escapes what that medium treats as markup.
"""

from itertools import islice
from math import isinf

LONGEST = 200  # characters of one quoted value
MOST_ENTRIES = 12  # of one quoted list
DEEPEST = 4


def printable(text: object, longest: int = LONGEST) -> str:
    """The text on one line, without control characters, escapes or direction marks, at most `longest` characters."""
    kept = str(text)[: longest + 1]
    kept = "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in kept)
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def quote(value: object) -> str:
    """JSON data as a message shows it, whatever its type, size or depth."""
    return printable(_written(value, DEEPEST))


def number(value: float, digits: int = 4) -> str:
    """A single value: 0.9121, -3, NaN, infinity."""
    if value != value:
        return "NaN"
    if isinf(value):
        return "infinity" if value > 0 else "-infinity"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{digits}g}"


def two_numbers(first: float, second: float) -> tuple[str, str]:
    """Two values with four digits, or with as many more as it takes to tell them apart."""
    ways = [(number(first, digits), number(second, digits)) for digits in range(4, 18)]
    return next((way for way in ways if way[0] != way[1]), ways[0])


def _written(value: object, depth: int) -> str:
    if isinstance(value, list | tuple | dict):
        if depth == 0:
            return "…"
        entries = value.values() if isinstance(value, dict) else value
        shown = [_written(entry, depth - 1) for entry in islice(entries, MOST_ENTRIES)]
        if isinstance(value, dict):
            shown = [f"{printable(name, 40)}: {entry}" for name, entry in zip(value, shown, strict=False)]
        whole = ", ".join([*shown, "…"] if len(value) > MOST_ENTRIES else shown)
        return f"{{{whole}}}" if isinstance(value, dict) else f"[{whole}]"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, int) and value.bit_length() > 64:
        return "a very large number"  # Python refuses to write out numbers of more than 4,300 digits
    return str(value)
