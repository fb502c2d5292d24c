"""Solutions and frames in percent format, from the cells of one notebook in order."""

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jupytext
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.migrate.cells import without_magics
from grader.migrate.question import Cell

_write_percent: Callable[..., str] = jupytext.writes  # neither has type annotations
_code: Callable[..., Any] = new_code_cell
_markdown: Callable[..., Any] = new_markdown_cell
_notebook: Callable[..., Any] = new_notebook
_RUN_ONLY = {"tags": ["standalone"]}  # not handed out
_SHOWN_ONLY = {"active": "ipynb"}  # a comment in the file, code in the notebook


@dataclass(frozen=True)
class Piece:
    """A cell's text in a solution's file: run there, shown to students, or both."""

    kind: str
    text: str
    runs: bool
    shown: bool


def given(cell: Cell) -> list[Piece]:
    """A cell that students do not answer in an exercise: they see its prompt, later code finds what it defines."""
    shown = Piece(cell.kind, cell.prompt, runs=False, shown=True)
    code = _runnable(cell.solved) if cell.kind == "code" else ""
    if not code:
        return [shown]
    if code.strip() == shown.text.strip():
        return [replace(shown, runs=True)]
    return [Piece(cell.kind, code, runs=True, shown=False), shown]


def _runnable(code: str) -> str:
    """The code without magics; empty where nothing is left, or it is no Python."""
    try:
        plain = without_magics(code)[0]
    except SyntaxError:
        return ""
    return plain if ast.parse(plain).body else ""


def without_failures(piece: Piece, code: str) -> list[Piece]:
    """A given piece of which only `code` runs: students see it as it was."""
    pieces = [Piece(piece.kind, code, runs=True, shown=False)] if ast.parse(code).body else []
    return [*pieces, replace(piece, runs=False)] if piece.shown else pieces


def answered(cells: Iterable[Cell]) -> list[Piece]:
    """The cells of an exercise, with their solution regions; raises SyntaxError where one is no Python."""
    return [
        Piece(cell.kind, cell.prompt if cell.kind == "markdown" else without_magics(cell.marked)[0], True, True)
        for cell in cells
    ]


def run_only(pieces: Iterable[Piece]) -> list[Piece]:
    return [replace(piece, shown=False) for piece in pieces if piece.runs and piece.kind == "code"]


def shown_only(pieces: Iterable[Piece]) -> list[Piece]:
    return [replace(piece, runs=False) for piece in pieces if piece.shown]


def write_pieces(path: Path, pieces: Sequence[Piece]) -> None:
    cells = []
    for piece in pieces:
        if piece.kind == "markdown":
            cells.append(_markdown(piece.text))
        else:
            told = {} if piece.runs and piece.shown else _RUN_ONLY if piece.runs else _SHOWN_ONLY
            cells.append(_code(piece.text, metadata=told))
    notebook = _notebook(cells=cells, metadata={"jupytext": {"notebook_metadata_filter": "-all"}})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_write_percent(notebook, fmt="py:percent"), encoding="utf-8")
