"""Notebooks of other graders, read from disk: what cannot be read is listed, and the others are."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from grader.migrate.findings import Findings

_read: Callable[..., Any] = nbformat.read  # nbformat has no type annotations
_node: Callable[..., Any] = nbformat.from_dict
_GENERATED = frozenset({".ipynb_checkpoints", "dist", "release", "submitted", "autograded", "feedback"})  # of copies
_EMPTY = {"cell_type": "raw", "source": "", "metadata": {}}


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
                notebook = _read(path, as_version=4)
            cells = [_node({**_EMPTY, **cell}) for cell in notebook["cells"]]
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


def number_in(value: Any) -> float | None:
    """Points as a notebook has them; None where that is no number that could be points."""
    try:
        points = float(value)
    except (TypeError, ValueError):
        return None
    return points if 0 <= points < float("inf") else None


def _language(metadata: Any) -> str:
    """In small letters; empty where the notebook does not say."""
    kernel, language = metadata.get("kernelspec", {}), metadata.get("language_info", {})
    told = str(language.get("name") or kernel.get("language") or kernel.get("name") or "").lower()
    return "python" if told.startswith(("python", "ipython", "pyodide", "xpython")) else told
