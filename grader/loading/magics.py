"""Notebook cells to plain Python of as many lines: magics and shell lines become calls that record, and run nothing."""

import re
from functools import cache
from pathlib import Path
from typing import Any

_CELL_MAGIC = re.compile(r"\A((?:[ \t]*\n)*)[ \t]*%%(\w+)[ \t]*([^\n]*)")
_AROUND_PYTHON = {"time", "timeit", "capture", "prun", "python", "python3"}  # the rest of the cell is Python
_AROUND_STATEMENT = re.compile(r"^([ \t]*)%(?:time|prun)[ \t]+(?=\S)", re.MULTILINE)
_CONTINUED = re.compile(r"^[ \t]*(?:[!%]|\w+[ \t]*=[ \t]*[!%]).*\\$")
_RUN_MODULE = re.compile(r"^([ \t]*)%run[ \t]+(?:-\w[ \t]+)*['\"]?(?:\./)?([\w/]+)\.py['\"]?[ \t]*$", re.MULTILINE)


def plain_cell(text: str) -> str:
    """The cell as Python that `ast` accepts, if it is a correct notebook cell; line numbers stay."""
    magic = _CELL_MAGIC.match(text)
    if magic and magic.group(2) in _AROUND_PYTHON:
        text = magic.group(1) + text[magic.end() :]
    elif magic:
        return f"{magic.group(1)}get_ipython().run_cell_magic({magic.group(2)!r}, {magic.group(3)!r}, '')\n"
    text = _AROUND_STATEMENT.sub(r"\1", text)
    text = _RUN_MODULE.sub(lambda m: f"{m.group(1)}from {m.group(2).replace('/', '.')} import *", text)
    text = _join_continued(text)
    blank_lines = text[: len(text) - len(text.lstrip())].count("\n")
    return "\n" * blank_lines + str(_transformer().transform_cell(text))  # it drops the blank lines at the top


def write_module_of_cell(text: str, root: Path) -> None:
    """Do what `%%writefile models.py` does, for a Python file below `root` that was not handed in itself."""
    magic = _CELL_MAGIC.match(text)
    if not magic or magic.group(2) not in ("writefile", "file"):
        return
    name = magic.group(3).strip().strip("'\"")
    target = (root / name).resolve()
    if name.endswith(".py") and target.is_relative_to(root.resolve()) and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text[magic.end() :].removeprefix("\n"))


@cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager  # half a second, and few cells need it

    return TransformerManager()  # type: ignore[no-untyped-call]


def _join_continued(text: str) -> str:
    """Shell lines continued by a backslash on one line, followed by as many blank lines."""
    lines = text.split("\n")
    for start, line in enumerate(lines):
        if not _CONTINUED.match(line):
            continue
        end = start
        while lines[end].endswith("\\") and end + 1 < len(lines):
            end += 1
        lines[start : end + 1] = [" ".join(part.rstrip("\\") for part in lines[start : end + 1])] + [""] * (end - start)
    return "\n".join(lines)
