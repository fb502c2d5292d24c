"""Parses a cell or module so that one error costs only the definition it stands in.
A text that does not parse is repaired step by step (magics, merge markers, tabs, empty bodies, Python 2); what still
fails is cut into its top-level chunks, and each is parsed alone."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from grader.intake.source_text import top_level_names
from grader.loading.translation import LOOKS_OLD, plain_cell, to_python3, with_classic_division

_EMPTY_BODY = re.compile(r"expected an indented block after .* on line \d+")
_HEADER_END = re.compile(r":[ \t]*(?:#.*)?$")
_CONTINUES = re.compile(r"(?:elif|else|except|finally)\b|[)\]}]")
_INCOMPLETE = re.compile(r"was never closed|unterminated triple-quoted|unexpected EOF")
_OURS, _BASE, _THEIRS, _END = "<<<<<<<", "|||||||", "=======", ">>>>>>>"
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what the compiler raises on a text
_MAX_REPAIRS = 200
_MAX_JOINED_CHUNKS = 100


@dataclass(frozen=True)
class Broken:
    """A run of lines that cannot be parsed, the names it would define, and why."""

    names: frozenset[str]
    message: str
    line: int  # in its cell, from 1


@dataclass
class Parsed:
    statements: list[ast.stmt] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    python2: bool = False


def parse_cell(text: str, is_notebook: bool) -> Parsed:
    """The statements of one cell or module; their line numbers are those of `text`."""
    statements, repaired, python2 = _parse_repaired(text, is_notebook)
    if statements is not None:
        return Parsed(statements, python2=python2)
    parsed = Parsed()
    chunks = list(_chunks(repaired))
    while chunks:
        chunks = chunks[_parse_first(chunks, parsed) :]
    return parsed


def _parse_repaired(text: str, is_notebook: bool) -> tuple[list[ast.stmt] | None, str, bool]:
    """The statements, or None with the text as far as it could be repaired; and whether it was Python 2."""
    statements, text = _repair(text, [*([plain_cell] if is_notebook else []), _keep_our_side, *_REPAIRS])
    if statements is not None or not LOOKS_OLD.search(text):
        return statements, text, False
    with suppress(SyntaxError):
        statements, _ = _repair(to_python3(text), _REPAIRS)
        if statements is not None:
            return with_classic_division(statements), text, True
    return None, text, False  # each chunk is converted by itself


def _repair(text: str, repairs: Sequence[Callable[[str], str]]) -> tuple[list[ast.stmt] | None, str]:
    parsed = _parsed(text)
    for repair in repairs:
        if isinstance(parsed, Exception):
            text = repair(text)
            parsed = _parsed(text)
    return None if isinstance(parsed, Exception) else parsed, text


def _parsed(text: str) -> list[ast.stmt] | Exception:
    try:
        return ast.parse(text).body
    except UNREADABLE as error:
        return error


def _parse_first(chunks: list[tuple[int, str]], parsed: Parsed) -> int:
    """Parse the first chunk, with as many after it as an open bracket or string needs; returns how many."""
    start, text = chunks[0]
    for count in range(1, min(len(chunks), _MAX_JOINED_CHUNKS) + 1):
        joined = "".join(chunk for _, chunk in chunks[:count])
        statements, _, python2 = _parse_repaired(joined, is_notebook=False)
        if statements is not None:
            parsed.statements += [ast.increment_lineno(node, start) for node in statements]
            parsed.python2 |= python2
            return count
        if not _INCOMPLETE.search(_told(_parsed(joined))):
            break
    error = _parsed(text)
    line = getattr(error, "lineno", None) or 1
    parsed.broken.append(Broken(top_level_names(text), _told(error), start + line))
    return 1


def _told(error: object) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """(lines before it, text) of each run that starts at an unindented line; decorators stay with what follows."""
    lines = [line + "\n" for line in text.split("\n")]
    start = 0
    decorated = False  # nothing but decorators and comments since `start`
    for number, line in enumerate(lines):
        if not line.strip() or line[0] in " \t#" or _CONTINUES.match(line):
            continue
        if number > start and not decorated:
            yield start, "".join(lines[start:number])
            start = number
        decorated = line.startswith("@")
    yield start, "".join(lines[start:])


def _keep_our_side(text: str) -> str:
    """An unfinished merge: the first side of each conflict stays, everything else becomes blank lines."""
    if not text.startswith(_OURS) and f"\n{_OURS}" not in text:
        return text
    kept = []
    side = _END
    for line in text.split("\n"):
        marker = line[:7] if line[:7] in (_OURS, _BASE, _THEIRS, _END) else ""
        if marker == _OURS or (marker and side != _END):
            side = marker
            kept.append("")
        else:
            kept.append(line if side in (_OURS, _END) else "")
    return "\n".join(kept)


def _expand_tabs(text: str) -> str:
    """Tabs and spaces mixed, as Python 2 allowed: a tab ends at the next multiple of eight."""
    error = _parsed(text)
    if isinstance(error, TabError) or (isinstance(error, IndentationError) and "unindent" in error.msg):
        return re.sub(r"^[ \t]+", lambda blank: blank.group().expandtabs(8), text, flags=re.MULTILINE)
    return text


def _fill_empty_bodies(text: str) -> str:
    """`pass` where a body holds nothing but comments, as in an untouched handout."""
    for _ in range(_MAX_REPAIRS):
        error = _parsed(text)
        if not isinstance(error, SyntaxError) or not _EMPTY_BODY.match(error.msg) or error.lineno is None:
            break
        text = _fill_before(text.split("\n"), error.lineno - 1, after_header=error.msg)
    return text


def _fill_before(lines: list[str], found: int, after_header: str) -> str:
    """Put `pass` behind the last header line above line `found` (from 0); nothing moves to another line."""
    first = int(after_header.rsplit(" ", 1)[1]) - 1
    for number in range(min(found, len(lines) - 1), first - 1, -1):
        ending = _HEADER_END.search(lines[number])
        if ending and not lines[number].lstrip().startswith("#") and (number < found or number == len(lines) - 1):
            lines[number] = lines[number][: ending.start()] + ": pass"
            break
    return "\n".join(lines)


_REPAIRS = (_expand_tabs, _fill_empty_bodies)
