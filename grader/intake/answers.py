"""Reads `answers.toml`, the file of short answers, as inert data. One broken line costs only itself.

Where the file as a whole is no TOML, it is read entry by entry. The text of an entry that is no TOML by itself is the
answer: people write `weights = 9*NF^2` without quotes.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from grader.model.observation import Json

_NAME = "answers"
_HEADER = re.compile(r"\s*(\[[^\[\],\"'{}=]{1,100}\]|\[\[[^\[\],\"'{}=]{1,100}\]\])\s*(#.*)?")
_ENTRY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=(.*)", re.DOTALL)
_ASSIGNMENT = re.compile(r"\A# grader: assignment=([A-Za-z0-9_-]{1,64})\s*$", re.MULTILINE)
_MOST_NOTES = 5
_MOST_DOTS = 200  # in a line: reading a key of many parts takes quadratic time
_DEEPEST = 8
_MOST_BITS = 64
_LONGEST, _MOST_ENTRIES = 2_000, 100  # characters of a text, entries of a list


@dataclass(frozen=True)
class AnswerSheet:
    """Answers by section and key; `notes` say which lines are no TOML, `assignment` is what our template carries."""

    answers: dict[str, Any]
    notes: tuple[str, ...] = ()
    assignment: str | None = None


def is_answer_sheet(path: str) -> bool:
    """`answers.toml`, also renamed: "Answers-12.toml", "answers (1).toml"."""
    name = path.rpartition("/")[2].lower()
    return name.startswith(_NAME) and name.endswith(".toml")


def read_answers(text: str) -> AnswerSheet:
    """Never raises: what cannot be read is told in a note."""
    found = _ASSIGNMENT.search(text)
    assignment = found[1] if found else None
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        return AnswerSheet({}, ("has a line that no answer needs; compare it with the template",), assignment)
    try:
        return AnswerSheet(_plain(tomllib.loads(text)), assignment=assignment)
    except (ValueError, RecursionError):
        answers, notes = _read_by_entry(text)
    return AnswerSheet(_plain(answers), tuple(notes) or ("is no valid TOML; compare it with the template",), assignment)


def _read_by_entry(text: str) -> tuple[dict[str, Any], list[str]]:
    answers: dict[str, Any] = {}
    notes: list[str] = []
    for number, header, entry in _entries(text):
        try:
            _merge(answers, tomllib.loads(f"{header}\n{entry}"))
        except (ValueError, RecursionError):
            if entry.strip() and not entry.lstrip().startswith("#"):
                notes.append(f"line {number}: is no TOML and is read as it stands; put text into quotes")
                _merge(answers, _as_text(header, entry))
    return answers, notes[:_MOST_NOTES]


def _entries(text: str) -> Iterator[tuple[int, str, str]]:
    """The line where each entry begins, the heading that it stands under, and its text."""
    begin, heading, entry = 0, "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.fullmatch(line)
        if header or _ENTRY.fullmatch(line):
            yield begin, heading, "\n".join(entry)
            begin, heading, entry = number, header[1] if header else heading, []
        if not header:
            entry.append(line)
    yield begin, heading, "\n".join(entry)


def _as_text(header: str, text: str) -> dict[str, Any]:
    entry = _ENTRY.fullmatch(text)
    if entry is None:
        return {}
    answer = {entry[1]: entry[2].partition("#")[0].strip().strip("\"'").strip()}
    section = header.strip("[] \t")
    return {section: answer} if section else answer


def answered(answers: Mapping[str, Json], section: str, keys: Sequence[str]) -> dict[str, Json]:
    """What was answered under these keys; `answers` is a sheet with sections, or one section by itself.

    One answer alone may stand in place of its section: `epochs = 3`.
    """
    found = answers.get(section, answers)
    if not isinstance(found, Mapping) and len(keys) == 1:
        found = {keys[0]: found}
    given = {key: found[key] for key in keys if key in found} if isinstance(found, Mapping) else {}
    return {key: answer for key, answer in given.items() if not is_blank(answer)}


def is_blank(answer: Json) -> bool:
    """Whether the answer is as the template has it: empty, or a table whose cells are all empty."""
    if isinstance(answer, str):
        return not answer  # a space may be an answer
    if isinstance(answer, list | dict):
        return all(is_blank(inner) for inner in (answer.values() if isinstance(answer, dict) else answer))
    return answer is None


def _merge(into: dict[str, Any], parsed: dict[str, Any], sections: bool = True) -> None:
    """Sections are joined; of two answers under one key the later one stays, as an edit below an old line means."""
    for key, value in parsed.items():
        present = into.get(key)
        if sections and isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value, sections=False)
        else:
            into[key] = value


def _plain(value: Any, deepest: int = _DEEPEST) -> Any:
    """JSON data: dates are written out as text, and what is too deep, too long or too large for an answer is cut."""
    if isinstance(value, dict | list) and not deepest:
        return "…"
    if isinstance(value, dict):
        return {key: _plain(inner, deepest - 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, deepest - 1) for inner in value[:_MOST_ENTRIES]]
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return "a very large number"
    if isinstance(value, str):
        return value[:_LONGEST]
    return value.isoformat() if isinstance(value, date | time) else value
