"""Lines for a terminal: text in columns, wrapped by what it takes on the screen.

Laid out and coloured here: through rich's console and tables, a report takes longer than all its judging.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import IO, Protocol

from rich.cells import cell_len

from grader.report.plain import line, plain

WIDEST = 110  # columns; a line longer than this is hard to follow from its title to its marks
_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}


class Screen(Protocol):
    """Where lines go; a console of rich is one."""

    @property
    def file(self) -> IO[str]: ...
    @property
    def width(self) -> int: ...
    @property
    def color_system(self) -> str | None: ...


@dataclass(frozen=True)
class PlainScreen:
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
        taken = sum(cell.width or 0 for cell in cells) + gap * (len(cells) - 1)
        widths = [max(self.width - taken, 8) if cell.width is None else cell.width for cell in cells]
        lines = [wrapped(plain(cell.text), width) for cell, width in zip(cells, widths, strict=True)]
        for pieces in zip_longest(*lines, fillvalue=""):
            self._add(*_side_by_side(pieces, cells, widths, gap))

    def facts(self, *facts: tuple[str, str, str]) -> None:
        """Names and what they are: (name, text, style)."""
        widest = max((len(name) for name, _, _ in facts), default=0)
        for name, text, style in facts:
            self.columns(Span(name, "dim", widest), Span(text, style), gap=2)

    def show(self) -> None:
        """Print all lines, and begin anew."""
        text, self._text = "".join(self._text), []
        self._screen.file.write(text)
        self._screen.file.flush()

    def _add(self, *pieces: tuple[str, str]) -> None:
        coloured = self._screen.color_system is not None
        for text, style in pieces:
            self._text.append(f"\x1b[{_CODES[style]}m{text}\x1b[0m" if coloured and style and text else text)
        self._text.append("\n")


def widest(texts: Sequence[str], at_most: int = 24) -> int:
    """The width of a column that holds these."""
    return min(max(map(cells_of, texts), default=0), at_most)


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
        if cells_of(reached + word) <= width:
            reached += word
            continue
        if reached:
            yield reached
        reached = word.lstrip() if reached else word
        while cells_of(reached) > width:
            cut = _fitting(reached, width)
            yield reached[:cut]
            reached = reached[cut:]
    yield reached


def _fitting(text: str, width: int) -> int:
    """How many characters fit; at least one, so that a column too narrow for any ends."""
    taken = 0
    for count, character in enumerate(text):
        taken += cells_of(character)
        if taken > width:
            return max(count, 1)
    return len(text)


def _side_by_side(
    pieces: Sequence[str], cells: Sequence[Span], widths: Sequence[int], gap: int
) -> list[tuple[str, str]]:
    """The pieces of one line, filled up to their columns; nothing is left blank at its end."""
    filled: list[tuple[str, str]] = []
    for piece, cell, width in zip(pieces, cells, widths, strict=True):
        room = " " * max(width - cells_of(piece), 0)
        filled += [(room, ""), (piece, cell.style)] if cell.right else [(piece, cell.style), (room, "")]
        filled.append((" " * gap, ""))
    while filled and not filled[-1][0].strip():
        filled.pop()
    return filled
