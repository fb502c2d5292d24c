"""Bytes of a source file to text, and the names that it defines: the judge never parses a student's code."""

import codecs
import keyword
import re

# PEP 263: a comment in the first two lines. Only plain character sets are honoured: some of the other
# encodings that Python knows take quadratic time or are no encodings of text.
_CODING = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_CHARACTER_SETS = re.compile(r"(latin|iso.?8859|cp\d|windows.125|gb|big5|shift.?jis|euc|koi8|mac.?roman)", re.I)
_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)


def decode_source(data: bytes) -> tuple[str, str | None]:
    """The text, with "\\n" line ends, and the encoding's name where it was not UTF-8.

    A byte order mark counts first, then a PEP 263 line, then UTF-8; what fits none of them is Latin-1,
    which any bytes are.
    """
    declared = _CODING.match(data[:400])
    name = declared[1].decode("ascii", "replace") if declared else ""
    encodings = [name, "utf-8-sig"] if _CHARACTER_SETS.match(name) else ["utf-8-sig"]
    for encoding in ["utf-16"] if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else encodings:
        try:
            return with_plain_ends(data.decode(encoding)), None if encoding == "utf-8-sig" else encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return with_plain_ends(data.decode("latin-1")), "latin-1"


def with_plain_ends(text: str) -> str:
    """The text with "\\n" at the end of its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def top_level_names(text: str) -> frozenset[str]:
    """Functions, classes and assigned names of unindented lines; text inside a long string may add more."""
    names = set(_DEFINITION.findall(text))
    for targets in _ASSIGNMENT.findall(text):
        names.update(name.strip() for name in targets.split(","))
    return frozenset(name for name in names if name.isidentifier() and not keyword.iskeyword(name))
