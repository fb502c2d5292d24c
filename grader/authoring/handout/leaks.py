"""Does what students get give an answer away? All of it is looked through: code, prose, data, archives in archives."""

import gzip
import io
import json
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from grader.authoring.handout.statements import Pattern, Text, words_of
from grader.authoring.handout.withheld import Withheld
from grader.course.finding import RELEASED
from grader.course.folder import Course
from grader.messages.requests import STAND_INS

_STAYS_AT_HOME = frozenset({STAND_INS, "oracle.py", "hidden.safetensors", "reference.py", "reference.toml"})
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")
_GZIP = b"\x1f\x8b"  # how such a file begins
_KEY_BYTES = 16  # of an array, by which it is looked up; arrays begin at multiples of 4


def leaks(course: Course, assignment: str, files: Mapping[str, bytes]) -> list[str]:
    """What in these files gives an answer away, a line each: the file, and the statement, key, guide or case."""
    withheld = Withheld(course, assignment)
    found: list[str] = []
    for path, content in files.items():
        for name, part in _unpacked(path, content):
            found += [f"{name}: {what}" for what in _in_file(withheld, name, part)]
    return list(dict.fromkeys(found))


def _in_file(withheld: Withheld, name: str, content: bytes) -> Iterator[str]:
    if PurePosixPath(name).name in _STAYS_AT_HOME:
        yield "stays at home: solutions, stand-ins, oracles and hidden cases are not handed out"
    text = _text(name, content)
    if not _is_text(content):
        yield from (f"has an array of {case}" for case in _hidden_cases(withheld, content))
    looked = [Text(words_of(text)), Text(words_of(_COMMENT.sub("", text)))]
    yield from _in_words(p for p in withheld.patterns if any(each.holds(p) for each in looked))
    exercise, hints = _hints(name, content)
    answers, steps = withheld.in_hints(exercise) if hints else ((), ())
    for words in (Text(words_of(hint)) for hint in hints):
        several = {pattern.shown: pattern for pattern in steps if words.holds(pattern)}
        held = [pattern for pattern in answers if words.holds(pattern)]
        held += several.values() if len(several) > 1 else ()
        yield from (f"a hint is the answer, not the idea: {what}" for what in _in_words(held))


def _in_words(held: Iterable[Pattern]) -> Iterator[str]:
    """Each statement once, without those that are part of another one."""
    sources = {pattern.shown: pattern.source for pattern in held}
    for shown, source in sources.items():
        if not any(shown != other and shown in other for other in sources):
            yield f"gives away {source}: {shown}"


def _hidden_cases(withheld: Withheld, content: bytes) -> set[str]:
    begins = {content[place : place + _KEY_BYTES] for place in range(0, len(content), 4)}
    return {case for array, case in withheld.arrays.items() if array[:_KEY_BYTES] in begins and array in content}


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The file itself, or what is in it where it is an archive."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.infolist():
                yield from _unpacked(f"{name}/{inner.filename}", archive.read(inner))
        return
    if content[:2] == _GZIP:
        yield from _unpacked(name, gzip.decompress(content))
        return
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar:
                if (file := tar.extractfile(member)) is not None:
                    yield from _unpacked(f"{name}/{member.name}", file.read())
    except tarfile.TarError:
        yield name, content


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _text(name: str, content: bytes) -> str:
    """What can be read in a file; of JSON, as notebooks are, its names and texts."""
    if name.endswith(".safetensors"):
        content = content[8 : 8 + int.from_bytes(content[:8], "little")]
    text = content.decode(errors="replace")
    return _flat(text) if name.endswith((".ipynb", ".json", ".safetensors")) else text


def _flat(value: Any) -> str:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return _flat(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return "\n".join(f"{key} {_flat(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ("" if all(isinstance(one, str) for one in value) else "\n").join(map(_flat, value))
    return str(value)


def _hints(name: str, content: bytes) -> tuple[str, list[str]]:
    """An exercise's id, and the general advice in its rubric or what its known mistakes say; none in other files."""
    path = PurePosixPath(name)
    if path.match(f"{RELEASED}/rubrics/*/*.toml"):
        criteria = tomllib.loads(content.decode()).get("criteria", ())
        return f"{path.parent.name}/{path.stem}", [criterion.get("hint", "") for criterion in criteria]
    if path.match(f"{RELEASED}/fixtures/*/*/*.safetensors"):
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        hints = json.loads(header["__metadata__"]["fixture"])["hints"]
        return f"{path.parent.parent.name}/{path.parent.name}", list(hints.values())
    return "", []
