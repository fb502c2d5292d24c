"""Code of notebook cells as plain Python, and the solution regions in it."""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

from grader.authoring.handout.handout import BEGIN, END
from grader.loading.magics import plain_cell

_MARKER = re.compile(r"^([ \t]*).*\b(BEGIN|END) SOLUTION\b")


@dataclass(frozen=True)
class Plain:
    """A cell as Python of as many lines; without any code where it is no Python, and `error` says where."""

    code: str
    left_out: tuple[str, ...] = ()  # magics and lines for a shell
    error: str = ""


@lru_cache(maxsize=1024)
def plain(text: str) -> Plain:
    before, after = text.split("\n"), plain_cell(text).rstrip("\n").split("\n")
    for number, (old, new) in enumerate(zip(before, after, strict=False)):  # `%%bash` and its cell become one line
        if "get_ipython(" in new:
            indent = new[: len(new) - len(new.lstrip())]
            after[number] = f"{indent}{'pass  ' if indent else ''}# left out: {old.strip()}"
    changed = (old.strip() for old, new in zip(before, after, strict=False) if old.strip() != new.strip())
    code = "\n".join(after)
    try:
        ast.parse(code)
    except SyntaxError as error:
        return Plain("", error=f"line {error.lineno} is no Python ({error.msg})")
    except ValueError as error:  # a null byte
        return Plain("", error=f"it is no Python ({error})")
    return Plain(code, tuple(filter(None, changed)))


def with_regions(text: str) -> str | None:
    """The text with its lines `BEGIN SOLUTION` and `END SOLUTION` as ours; None where they do not come in pairs."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        marker = _MARKER.match(line)
        if marker is None:
            lines.append(line)
            continue
        if inside is (marker[2] == "BEGIN"):
            return None
        inside = not inside
        lines.append(marker[1] + (BEGIN if inside else END))
    return None if inside else "\n".join(lines)


def without_marker_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not _MARKER.match(line))
