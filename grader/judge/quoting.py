"""How values are written in messages. What a student's process said is cut short and made printable.

Messages are plain text: whoever shows them on a terminal or a page escapes what that medium treats as markup.
"""

from collections.abc import Sequence

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


def quote_shape(shape: Sequence[int]) -> str:
    return quote(list(shape))


def number(value: float) -> str:
    """A single value: 0.9121, -3, NaN, infinity."""
    return two_numbers(value, value)[0]


def two_numbers(first: float, second: float) -> tuple[str, str]:
    """Two values with four digits, or with as many more as it takes to tell them apart."""
    for digits in range(4, 18):
        written = _digits(first, digits), _digits(second, digits)
        if written[0] != written[1]:
            return written
    return _digits(first, 4), _digits(second, 4)


def _digits(value: float, digits: int) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "infinity" if value > 0 else "-infinity"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{digits}g}"


def _written(value: object, depth: int) -> str:
    if isinstance(value, list | tuple | dict) and depth == 0:
        return "…"
    if isinstance(value, list | tuple):
        return "[" + _entries([_written(v, depth - 1) for v in value[:MOST_ENTRIES]], len(value)) + "]"
    if isinstance(value, dict):
        first = list(value.items())[:MOST_ENTRIES]
        return "{" + _entries([f"{printable(k, 40)}: {_written(v, depth - 1)}" for k, v in first], len(value)) + "}"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, int) and value.bit_length() > 64:
        return "a very large number"  # Python refuses to write out numbers of more than 4,300 digits
    return str(value)


def _entries(shown: list[str], count: int) -> str:
    return ", ".join([*shown, "…"] if count > len(shown) else shown)
