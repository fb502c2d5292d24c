"""Numbers and sizes as people write them: 25, "960 pixels", "3 × 3", "a factor of 4 per side", "8x8 against 32x32"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.model.errors import UnreadableError

Size = tuple[Fraction, ...]

_LONGEST = 200
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?(?:e[-+]?\d{1,2})?|[-+]?\.\d+"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>[^\W\d_]+)|(?P<mark>\S)")
_TIMES = {"x", "×", "*", "·", "by", "✕"}
_PLAIN_WORDS = frozenset(
    [
        *("a", "an", "about", "against", "and", "are", "exactly", "from", "in", "instead"),
        *("is", "of", "than", "the", "to", "versus", "vs", "with"),
    ]
)
_FIRST_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_SPELT = {word: number for number, word in enumerate(_FIRST_NUMBERS)}
_MARKS = frozenset("()[]{},;:=~→>-.'\"")  # between numbers they say nothing


@dataclass(frozen=True)
class Quantity:
    """Sizes in the order they are given, and the unit's first synonym; "" where no unit is given."""

    sizes: tuple[Size, ...]
    unit: str = ""


def read_quantity(answer: object, units: Sequence[str] = ()) -> Quantity:
    """A number, a list of numbers (one size), or a text. `units` has synonyms joined by "|".

    Raises UnreadableError.
    """
    if isinstance(answer, bool) or not isinstance(answer, str | int | float | list):
        raise UnreadableError(f"is no number; write a number, or text such as {_example(units)}")
    if isinstance(answer, list):
        if not answer or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in answer):
            raise UnreadableError("is a list that holds something else than numbers")
        return Quantity((tuple(_fraction(n) for n in answer),))
    if not isinstance(answer, str):
        return Quantity(((_fraction(answer),),))
    return _read_text(answer, units)


def same_quantity(seen: Quantity, wanted: Quantity, tolerance: float = 0.0) -> bool:
    """Equal numbers, each within the relative tolerance; a unit that was left out is taken to be the right one."""
    if [len(size) for size in seen.sizes] != [len(size) for size in wanted.sizes]:
        return False
    if seen.unit and wanted.unit and seen.unit != wanted.unit:
        return False
    pairs = zip(seen.sizes, wanted.sizes, strict=True)
    return all(_near(s, w, tolerance) for a, b in pairs for s, w in zip(a, b, strict=True))


def synonyms(groups: Sequence[str]) -> dict[str, str]:
    """Every synonym, in lower case, with the first of its group."""
    return {name.strip().casefold(): group.partition("|")[0] for group in groups for name in group.split("|")}


def _read_text(text: str, units: Sequence[str]) -> Quantity:
    if len(text) > _LONGEST:
        raise UnreadableError(f"has more than {_LONGEST} characters; write the number alone")
    text, unit = _without_unit(text.casefold().replace("\N{MINUS SIGN}", "-"), units)
    sizes: list[list[Fraction]] = []
    joins = divides = False
    for token in _TOKEN.finditer(text):
        found = token[0]
        if token["number"] or found in _SPELT:
            number = Fraction(_SPELT[found]) if found in _SPELT else Fraction(found.replace(",", ""))
            if divides:
                sizes[-1][-1] = _quotient(sizes[-1][-1], number)
            elif joins:
                sizes[-1].append(number)
            else:
                sizes.append([number])
            joins = divides = False
        elif found in _TIMES:
            joins = bool(sizes)
        elif found == "/" and sizes:
            divides = True
        elif found not in _PLAIN_WORDS and found not in _MARKS:
            raise UnreadableError(_unknown(found, units))
    if not sizes:
        raise UnreadableError(f"holds no number; write a number, such as {_example(units)}")
    return Quantity(tuple(tuple(size) for size in sizes), unit)


def _without_unit(text: str, units: Sequence[str]) -> tuple[str, str]:
    """The text without the words of its units, and the first of these."""
    unit = ""
    known = synonyms(units)
    for name in sorted(known, key=len, reverse=True):
        shortened = re.sub(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", " ", text)
        if shortened != text:
            text, unit = shortened, unit or known[name]
    return text, unit


def _unknown(found: str, units: Sequence[str]) -> str:
    firsts = [group.partition("|")[0] for group in units]
    asked = f"the unit is {' or '.join(firsts)}" if firsts else "no unit is asked for"
    return f"has {found[:40]!r}, which is neither a number nor a unit asked for; {asked}"


def _example(units: Sequence[str]) -> str:
    return f'"12 {units[0].partition("|")[0]}"' if units else '12 or "12x12"'


def _fraction(number: int | float) -> Fraction:
    if number != number or number in (float("inf"), float("-inf")):
        raise UnreadableError("is no finite number")
    # 0.1 as it is written, not as a computer stores it
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def _quotient(above: Fraction, below: Fraction) -> Fraction:
    if not below:
        raise UnreadableError("divides by zero")
    return above / below


def _near(seen: Fraction, wanted: Fraction, tolerance: float) -> bool:
    return abs(seen - wanted) <= Fraction(tolerance) * abs(wanted)
