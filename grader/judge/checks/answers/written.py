"""Answers as people write them: numbers, sizes and words (25, "960 pixels", "3 × 3", "8x8 against 32x32"), and tables.

A table's rows stand in any order, its columns are known by name, and its cells hold numbers, sizes or words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from grader.judge.quoting import printable, quote
from grader.model.errors import UnreadableError

Size = tuple[Fraction, ...]

_LONGEST = 200
_MOST_NAMED = 3  # wrong rows in one message
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?(?:e[-+]?\d{1,2})?|[-+]?\.\d+"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|[^\W\d_]+|\S")
_TIMES = {"x", "×", "*", "·", "by", "✕"}
_SAYS_NOTHING = re.compile(  # between numbers
    r"a|an|about|against|and|are|exactly|from|in|instead|is|of|than|the|to|versus|vs|with|[()\[\]{},;:=~→>\-.'\"]"
)
_FIRST_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_SPELT = {word: number for number, word in enumerate(_FIRST_NUMBERS)}


@dataclass(frozen=True)
class Quantity:
    """Sizes in the order they are given, and the unit's first synonym; "" where no unit is given."""

    sizes: tuple[Size, ...]
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """The compared cells of each row, and the row as it was written."""

    rows: tuple[tuple[Quantity | str, ...], ...]
    written: tuple[str, ...]

    def same_rows(self, other: "Table") -> bool:
        return Counter(self.rows) == Counter(other.rows)

    def describe_difference(self, others: Sequence["Table"]) -> str:
        """What is wrong, in comparison with the right table that has most of these rows; not what is right."""
        left = [Counter(other.rows) for other in others]
        nearest = max(left, key=lambda rows: (rows & Counter(self.rows)).total())
        wrong = []
        for number, (row, written) in enumerate(zip(self.rows, self.written, strict=True), start=1):
            nearest[row] -= 1
            if nearest[row] < 0:
                wrong.append(f"row {number} ({written})")
        if not wrong:
            return f"has only right rows, but {len(self.rows)} are too few"
        more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        return f"has {', '.join(wrong[:_MOST_NAMED])}{more}, which {'is' if len(wrong) == 1 else 'are'} not right"


def read_quantity(answer: object, units: Sequence[str] = ()) -> Quantity:
    """A number, a list of numbers (one size), or a text. `units` has synonyms joined by "|".

    Raises UnreadableError.
    """
    if isinstance(answer, str):
        return _read_text(answer, units)
    numbers = answer if isinstance(answer, list) else [answer]
    if not numbers or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        if isinstance(answer, list):
            raise UnreadableError("is a list that holds something else than numbers")
        raise UnreadableError(f"is no number; write a number, or text such as {_example(units)}")
    return Quantity((tuple(map(_fraction, numbers)),))


def same_quantity(seen: Quantity, wanted: Quantity, tolerance: float = 0.0) -> bool:
    """Equal numbers, each within the relative tolerance; a unit that was left out is taken to be the right one."""
    if [len(size) for size in seen.sizes] != [len(size) for size in wanted.sizes]:
        return False
    if seen.unit and wanted.unit and seen.unit != wanted.unit:
        return False
    pairs = zip(chain(*seen.sizes), chain(*wanted.sizes), strict=True)
    return all(abs(number - right) <= Fraction(tolerance) * abs(right) for number, right in pairs)


def read_table(answer: object, columns: Sequence[str], words: Sequence[str] = ()) -> Table:
    """`columns` and `words` have synonyms joined by "|". Raises UnreadableError."""
    listed = list(answer.values()) if isinstance(answer, Mapping) else answer
    if not isinstance(listed, list):
        raise UnreadableError(f"is no table; write rows such as [{{ {_first(columns[0])} = … }}, …]")
    rows, written = [], []
    for number, row in enumerate(listed, start=1):
        if not isinstance(row, Mapping):
            example = ", ".join(f"{_first(column)} = …" for column in columns)
            raise UnreadableError(f"has a row {number} without names of columns; write {{ {example} }}")
        if all(cell == "" for cell in row.values()):
            continue  # left over from the template
        cells = [_cell_of(row, column, number) for column in columns]
        rows.append(tuple(_read_cell(cell, words) for cell in cells))
        shown = (f"{_first(column)} {printable(c, 40)}" for column, c in zip(columns, cells, strict=True))
        written.append(", ".join(shown))
    return Table(tuple(rows), tuple(written))


def read_word(answer: object, words: Sequence[str]) -> str:
    """The first synonym of the choice that was made. Raises UnreadableError where it is none of `words`."""
    known = synonyms(words)
    choice = known.get(_normal(answer)) if isinstance(answer, str | bool) else None
    if choice is None:
        firsts = ", ".join(quote(_first(group)) for group in words)
        raise UnreadableError(f"is none of the choices; write one of {firsts}")
    return choice


def synonyms(groups: Sequence[str]) -> dict[str, str]:
    """Every synonym, in lower case, with the first of its group."""
    return {name.strip().casefold(): _first(group) for group in groups for name in group.split("|")}


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
                if not number:
                    raise UnreadableError("divides by zero")
                sizes[-1][-1] /= number
            elif joins:
                sizes[-1].append(number)
            else:
                sizes.append([number])
            joins = divides = False
        elif found in _TIMES:
            joins = bool(sizes)
        elif found == "/" and sizes:
            divides = True
        elif not _SAYS_NOTHING.fullmatch(found):
            firsts = [_first(group) for group in units]
            asked = f"the unit is {' or '.join(firsts)}" if firsts else "no unit is asked for"
            raise UnreadableError(f"has {found[:40]!r}, which is neither a number nor a unit asked for; {asked}")
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


def _example(units: Sequence[str]) -> str:
    return f'"12 {_first(units[0])}"' if units else '12 or "12x12"'


def _fraction(number: int | float) -> Fraction:
    if number != number or number in (float("inf"), float("-inf")):
        raise UnreadableError("is no finite number")
    # 0.1 as it is written, not as a computer stores it
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def _cell_of(row: Mapping[str, object], column: str, number: int) -> object:
    names = {_normal(name) for name in column.split("|")}
    for name, cell in row.items():
        if _normal(name) in names:
            return cell
    raise UnreadableError(f"has no {_first(column)!r} in row {number}")


def _read_cell(cell: object, words: Sequence[str]) -> Quantity | str:
    try:
        return read_quantity(cell)
    except UnreadableError:
        text = _normal(cell)
        return synonyms(words).get(text, text)


def _normal(text: object) -> str:
    """Lower case, words with one space between them."""
    return " ".join(re.findall(r"\w+", str(text).casefold().replace("_", " ")))


def _first(synonyms: str) -> str:
    return synonyms.partition("|")[0]
