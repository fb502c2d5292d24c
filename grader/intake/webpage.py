"""Sources that were saved from a browser as a web page.

Only plain searches that advance through the text: a crafted page makes an HTML parser take hours.
"""

import html
import json
import re
from collections.abc import Iterator

from grader.intake.source_text import top_level_names

_PAGE = re.compile(r"\s*(?:<\?xml[^<>]{0,200}>\s*)?(?:<!--[^<>]{0,2000}-->\s*)?<(?:!doctype\s+html|html|head)\b", re.I)
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<br\s{0,4}/?>", re.I)
_CODE_ROW = re.compile(r"<td\b[^<>]{0,300}\bblob-code\b[^<>]{0,300}>", re.I)
_ROW_END = re.compile("</td", re.I)
_BLOCK = re.compile(r"<(?:pre|textarea)\b[^<>]*>", re.I)
_BLOCK_END = re.compile("</(?:pre|textarea)", re.I)


def is_web_page(text: str) -> bool:
    return _PAGE.match(text[:4000]) is not None


def source_in_page(page: str) -> str | None:
    """The Python source that a page shows, where it plainly holds one: a file viewer's rows or a code block."""
    rows = "\n".join(line.strip("\r\n") for line in _contents(page, _CODE_ROW, _ROW_END))
    texts = (_raw_lines(page), rows, *_contents(page, _BLOCK, _BLOCK_END))
    return max(filter(top_level_names, texts), key=len, default=None)


def _raw_lines(page: str) -> str:
    start = page.find('"rawLines":')
    if start < 0:
        return ""
    try:
        lines, _ = json.JSONDecoder().raw_decode(page, start + len('"rawLines":'))
    except (ValueError, RecursionError):
        return ""
    return "\n".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else ""


def _contents(page: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> Iterator[str]:
    position = 0
    while (start := opening.search(page, position)) and (end := closing.search(page, start.end())):
        yield html.unescape(_TAG.sub("", _BREAK.sub("\n", page[start.end() : end.start()])))
        position = end.end()
