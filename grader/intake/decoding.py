"""Bytes of a source file to text."""

import codecs
import re

# PEP 263: a comment in the first two lines. Only plain character sets are honoured: some of the other
# encodings that Python knows take quadratic time or are no encodings of text.
_CODING = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_CHARACTER_SETS = re.compile(r"(latin|iso.?8859|cp\d|windows.125|gb|big5|shift.?jis|euc|koi8|mac.?roman)", re.I)


def decode_source(data: bytes) -> tuple[str, str | None]:
    """The text, with "\\n" line ends, and the encoding's name where it was not UTF-8.

    A byte order mark counts first, then a PEP 263 line, then UTF-8; what fits none of them is Latin-1,
    which any bytes are.
    """
    text, encoding = _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(data: bytes) -> tuple[str, str | None]:
    for encoding in _candidates(data):
        try:
            return data.decode(encoding), None if encoding.startswith("utf-8") else encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1"), "latin-1"


def _candidates(data: bytes) -> list[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    declared = _CODING.match(data[:400])
    name = declared.group(1).decode("ascii", "replace") if declared else ""
    return ([name] if _CHARACTER_SETS.match(name) else []) + ["utf-8-sig"]
