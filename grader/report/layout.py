"""Lines for a terminal: text in columns, wrapped by what it takes on the screen.

Laid out and coloured here: through rich's console and tables, a report takes longer than all its judging.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest
from typing import IO

from rich.cells import cell_len

from grader.report.plain import line, plain

WIDEST = 110  # columns; a line longer than this is hard to follow from its title to its marks
_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}


@dataclass(frozen=True)
class Screen:
    """Where lines go."""

    file: IO[str]
    width: int
    color_system: str | None = None  # None: no colours


@dataclass(frozen=True)
class Span:
    """Text of one column; without a `width` it gets what the others leave."""

    text: str
    style: str = ""
    width: int | None = None
    right: bool = False


class Page:
    """Lines that are shown together. What is given as text may come from a submission: it is made safe here."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.width = min(screen.width, WIDEST)
        self._text: list[str] = []

    def whole(self, text: str, style: str = "") -> None:
        """One line that is never broken, so that it can be copied."""
        self._add((line(text), style))

    def blank(self) -> None:
        self._add()

    def paragraph(self, text: str, style: str = "", *, indent: int = 0, label: str = "") -> None:
        """Wrapped text, indented as a whole; a label in bold begins it."""
        lines = wrapped(f"{label}{plain(text)}", self.width - indent)
        for number, shown in enumerate(lines):
            head = label if number == 0 else ""
            self._add((" " * indent, ""), (shown[: len(head)], "bold"), (shown[len(head) :], style))

    def columns(self, *cells: Span, gap: int = 1) -> None:
        """Cells side by side, each wrapped in its column."""
        self._row(cells, [cell.width for cell in cells], gap)

    def table(self, rows: Iterable[Sequence[Span]], flexible: int, gap: int = 2, at_most: int = 24) -> None:
        """Rows of cells; each column is as wide as its widest cell, the `flexible` one has what the others leave."""
        rows = tuple(rows)
        columns = ("\n".join(cell.text for cell in column).split("\n") for column in zip(*rows, strict=True))
        widths = [None if i == flexible else min(max(map(cells_of, lines)), at_most) for i, lines in enumerate(columns)]
        for row in rows:
            self._row(row, widths, gap)

    def facts(self, *facts: tuple[str, str, str]) -> None:
        """Names and what they are: (name, text, style)."""
        self.table(((Span(name, "dim"), Span(text, style)) for name, text, style in facts), flexible=1)

    def show(self) -> None:
        """Print all lines, and begin anew."""
        text, self._text = "".join(self._text), []
        self._screen.file.write(text)
        self._screen.file.flush()

    def _row(self, cells: Sequence[Span], wanted: Sequence[int | None], gap: int) -> None:
        taken = sum(width or 0 for width in wanted) + gap * (len(cells) - 1)
        widths = [max(self.width - taken, 8) if width is None else width for width in wanted]
        lines = [wrapped(plain(cell.text), width) for cell, width in zip(cells, widths, strict=True)]
        for pieces in zip_longest(*lines, fillvalue=""):
            filled: list[tuple[str, str]] = []
            for piece, cell, width in zip(pieces, cells, widths, strict=True):
                room = (" " * max(width - cells_of(piece), 0), "")
                filled += [room, (piece, cell.style)] if cell.right else [(piece, cell.style), room]
                filled.append((" " * gap, ""))
            while filled and not filled[-1][0].strip():
                filled.pop()  # nothing is left blank at a line's end
            self._add(*filled)

    def _add(self, *pieces: tuple[str, str]) -> None:
        coloured = self._screen.color_system is not None
        for text, style in pieces:
            self._text.append(f"\x1b[{_CODES[style]}m{text}\x1b[0m" if coloured and style and text else text)
        self._text.append("\n")


def cells_of(text: str) -> int:
    """Columns that a text takes on the screen: letters of some scripts take two."""
    return len(text) if text.isascii() else cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns; its own line ends stay, words that are too long are cut."""
    lines = []
    for paragraph in text.split("\n"):
        lines += [paragraph] if cells_of(paragraph) <= width else list(_broken(paragraph, width))
    return lines


def _broken(paragraph: str, width: int) -> Iterator[str]:
    reached = ""
    for word in re.findall(r"\s*\S+", paragraph):
        if reached and cells_of(reached + word) > width:
            yield reached
            reached, word = "", word.lstrip()
        reached += word
        while cells_of(reached) > width:
            taken = accumulate(map(cells_of, reached))
            cut = max(sum(cells <= width for cells in taken), 1)  # so that a column too narrow for any character ends
            yield reached[:cut]
            reached = reached[cut:]
    yield reached
