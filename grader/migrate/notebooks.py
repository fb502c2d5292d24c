"""Notebooks of other graders: read from disk, and their cells as plain Python. What cannot be read is listed."""

import ast
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from grader.loading.magics import plain_cell
from grader.migrate.findings import Findings

_GENERATED = frozenset({".ipynb_checkpoints", "dist", "release", "submitted", "autograded", "feedback"})  # of copies
_EMPTY = {"cell_type": "raw", "source": "", "metadata": {}}


@dataclass(frozen=True)
class Plain:
    """A cell as Python of as many lines; without any code where it is no Python, and `error` says where."""

    code: str
    left_out: tuple[str, ...] = ()  # magics and lines for a shell
    error: str = ""


def notebooks_in(
    folder: Path, findings: Findings, points_of: Callable[[Sequence[Any]], float]
) -> Iterator[tuple[Path, list[Any]]]:
    """Each Python notebook below `folder` with its cells; `points_of` counts what those left out would have given."""
    for path in sorted(folder.rglob("*.ipynb")):
        shown = path.relative_to(folder)
        if not _GENERATED.isdisjoint(shown.parts):
            continue
        try:
            with warnings.catch_warnings(action="ignore"):  # of cells without ids, which are nothing to us
                notebook = nbformat.read(path, as_version=4)
            cells = [nbformat.from_dict({**_EMPTY, **cell}) for cell in notebook["cells"]]
            language = _language(notebook.get("metadata", {}))
        except Exception as error:  # nbformat raises whatever it stumbles over
            what = " ".join(str(error).split())[:200] or type(error).__name__
            findings.leave_out(str(shown), None, f"cannot be read as a notebook ({what}); repair or remove it")
            continue
        if language in ("", "python"):
            yield path, cells
        elif points := points_of(cells):
            findings.points += points
            findings.leave_out(str(shown), points, f"is written in {language}; only Python can be brought over")


def _language(metadata: Any) -> str:
    """In small letters; empty where the notebook does not say."""
    kernel, language = metadata.get("kernelspec", {}), metadata.get("language_info", {})
    told = str(language.get("name") or kernel.get("language") or kernel.get("name") or "").lower()
    return "python" if told.startswith(("python", "ipython", "pyodide", "xpython")) else told


def number_in(value: Any) -> float | None:
    """Points as a notebook has them; None where that is no number that could be points."""
    try:
        points = float(value)
    except (TypeError, ValueError):
        return None
    return points if 0 <= points < float("inf") else None


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
