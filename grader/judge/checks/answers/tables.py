"""Tables as people write them: rows in any order, columns by name, cells with numbers, sizes or words."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.judge.checks.answers.quantities import Quantity, read_quantity, synonyms
from grader.judge.quoting import printable, quote
from grader.model.errors import UnreadableError

Value = Quantity | str
Row = tuple[Value, ...]

_MOST_NAMED = 3  # wrong rows in one message


@dataclass(frozen=True)
class Table:
    """The compared cells of each row, and the row as it was written."""

    rows: tuple[Row, ...]
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


def read_table(answer: object, columns: Sequence[str], words: Sequence[str] = ()) -> Table:
    """`columns` and `words` have synonyms joined by "|". Raises UnreadableError."""
    listed = list(answer.values()) if isinstance(answer, Mapping) else answer
    if not isinstance(listed, list):
        raise UnreadableError(f"is no table; write rows such as [{{ {_plain_name(columns[0])} = … }}, …]")
    rows, written = [], []
    for number, row in enumerate(listed, start=1):
        if not isinstance(row, Mapping):
            raise UnreadableError(f"has a row {number} without names of columns; write {{ {_all_columns(columns)} }}")
        if all(cell == "" for cell in row.values()):
            continue  # left over from the template
        cells = [_cell_of(row, column, number) for column in columns]
        rows.append(tuple(_read_cell(cell, words) for cell in cells))
        shown = (f"{_plain_name(column)} {printable(c, 40)}" for column, c in zip(columns, cells, strict=True))
        written.append(", ".join(shown))
    return Table(tuple(rows), tuple(written))


def read_word(answer: object, words: Sequence[str]) -> str:
    """The first synonym of the choice that was made. Raises UnreadableError where it is none of `words`."""
    known = synonyms(words)
    choice = known.get(_normal(answer)) if isinstance(answer, str | bool) else None
    if choice is None:
        firsts = ", ".join(quote(group.partition("|")[0]) for group in words)
        raise UnreadableError(f"is none of the choices; write one of {firsts}")
    return choice


def _cell_of(row: Mapping[str, object], column: str, number: int) -> object:
    names = {_normal(name) for name in column.split("|")}
    found = [cell for name, cell in row.items() if _normal(name) in names]
    if not found:
        raise UnreadableError(f"has no {_plain_name(column)!r} in row {number}")
    return found[0]


def _read_cell(cell: object, words: Sequence[str]) -> Value:
    try:
        return read_quantity(cell)
    except UnreadableError:
        text = _normal(cell)
        return synonyms(words).get(text, text)


def _normal(text: object) -> str:
    """Lower case, words with one space between them."""
    return " ".join(re.findall(r"\w+", str(text).casefold().replace("_", " ")))


def _plain_name(column: str) -> str:
    return column.partition("|")[0]


def _all_columns(columns: Sequence[str]) -> str:
    return ", ".join(f"{_plain_name(column)} = …" for column in columns)
