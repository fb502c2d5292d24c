"""Notebooks of other graders: read from disk, as plain Python, and run. What cannot be read is listed.

Their code runs here while they are brought over: its author is trusted, but not to have left all files here.
"""

import ast
import contextlib
import io
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from grader.loading.translation import plain_cell
from grader.migrate.findings import Findings

_GENERATED = frozenset({".ipynb_checkpoints", "dist", "release", "submitted", "autograded", "feedback"})  # of copies
_NAME = "brought_over"  # the module that a notebook's code runs as
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


class Session:
    """One notebook's code, statement by statement: one that does not run here is left out, and the others go on."""

    def __init__(self) -> None:
        self._module = types.ModuleType(_NAME)

    def run(self, code: str) -> tuple[str, list[str]]:
        """The code with comments in place of the statements that raise, and what those raise, in words."""
        lines, reasons = code.split("\n"), []
        sys.modules[_NAME] = self._module  # dataclasses look their own module up
        with quiet_surroundings():
            for statement in ast.parse(code).body:
                try:
                    exec(compile(ast.Module([statement], []), _NAME, "exec"), vars(self._module))
                except (Exception, SystemExit) as error:
                    decorators = [node.lineno for node in getattr(statement, "decorator_list", [])]
                    first, last = min([statement.lineno, *decorators]) - 1, statement.end_lineno or statement.lineno
                    reasons.append(f"`{lines[first].strip()[:60]}` raises {type(error).__name__}: {error}"[:200])
                    lines[first:last] = [f"# not run: {line}" for line in lines[first:last]]
        return "\n".join(lines), reasons


@contextlib.contextmanager
def quiet_surroundings() -> Iterator[None]:
    """An empty folder to run in, nothing to type, and nothing of what the notebook prints on our screen."""
    typed = sys.stdin
    os.environ.setdefault("MPLBACKEND", "agg")  # no window waits for a click
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        sys.stdin = io.StringIO()
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            sys.stdin = typed
