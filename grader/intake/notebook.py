"""Reads the code cells of a notebook, nbformat 3 or 4, from its JSON alone."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.intake.limits import MAX_JSON_VALUES, MB
from grader.intake.source_text import with_plain_ends
from grader.model.errors import NotANotebookError
from grader.model.submission import Cell

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ASSIGNMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Notebook:
    cells: tuple[Cell, ...]
    assignment: str | None  # metadata `grader.assignment`, as our handouts carry it


def read_notebook(text: str) -> Notebook:
    """Code cells with their labels; "cell N" counts all cells from 1. Raises NotANotebookError."""
    document = _parsed(text)
    cells = tuple(
        Cell(f"cell {number}", _source(cell))
        for number, cell in enumerate(_all_cells(document), start=1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )
    return Notebook(cells, _assignment(document))


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > MB and sum(_STRING.sub("", text).count(mark) for mark in ",[{") > MAX_JSON_VALUES:
        raise NotANotebookError(f"its JSON holds more than {MAX_JSON_VALUES:,} values; clear the outputs")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotANotebookError(f"it is not JSON{at}") from error
    if not isinstance(document, dict) or not any(isinstance(document.get(k), list) for k in ("cells", "worksheets")):
        raise NotANotebookError("it is JSON, but has no cells")
    return document


def _all_cells(document: dict[str, Any]) -> Iterator[Any]:
    for sheet in [document] if isinstance(document.get("cells"), list) else document["worksheets"]:
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            yield from sheet["cells"]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))  # "input" in nbformat 3
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return with_plain_ends(text.encode("utf-8", "replace").decode("utf-8"))  # JSON may escape half a character


def _assignment(document: dict[str, Any]) -> str | None:
    match document:
        case {"metadata": {"grader": {"assignment": str(found)}}} if _ASSIGNMENT_ID.fullmatch(found):
            return found
    return None
