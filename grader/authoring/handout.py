"""The files that students get, generated from the exercises' solutions: notebooks, modules and a README.

A rubric's `[[handout]]` tables say which file is made of which exercises. Of each `reference.py` (percent format)
the cells tagged "standalone" are left out, and every solution region becomes `raise NotImplementedError`.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from grader.authoring.instructions import instructions
from grader.course.folder import Course, Exercise
from grader.model.errors import CourseError
from grader.model.rubric import HandoutFile

_read_percent: Callable[..., Any] = jupytext.reads  # jupytext has no type annotations

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
_NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class _Cell:
    id: str  # "colour-unet-3": the same in every build
    kind: str  # "code" or "markdown"
    text: str


@dataclass(frozen=True)
class _Stripped:
    """An exercise's cells as students get them, and the lines that were taken out."""

    cells: tuple[_Cell, ...]
    solution: frozenset[str]


def build_handout(course: Course, assignment: str) -> tuple[Path, ...]:
    """Write handout/<assignment>/…; the same solutions give the same bytes.

    Returns the files written. Raises CourseError where a reference has no solution region, or an unclosed one.
    """
    folder = course.root / "handout" / assignment
    written = []
    for name, text in render_handout(course, assignment).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def verify_handout(course: Course, assignment: str) -> tuple[str, ...]:
    """What is wrong with the handout as it lies on disk, one line each; empty where nothing is."""
    rendered = render_handout(course, assignment)
    shown = f"handout/{assignment}"
    folder = course.root / "handout" / assignment
    findings = []
    for name, text in rendered.items():
        path = folder / name
        present = path.read_text(encoding="utf-8") if path.is_file() else None
        if present is None:
            findings.append(f"{shown}/{name}: missing; run `grade handout build {assignment}`")
        elif present != text:
            findings.append(f"{shown}/{name}: is not what the solutions give; run `grade handout build {assignment}`")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in rendered:
            findings.append(f"{shown}/{name}: no solution generates it; delete it, or name it in the rubric")
        findings += [f"{shown}/{name}: {leak}" for leak in _leaks(course, assignment, path)]
    return tuple(findings)


def render_handout(course: Course, assignment: str) -> dict[str, str]:
    """The handout's files as text, by their path inside handout/<assignment>/."""
    rubric = course.assignment(assignment)
    rendered = {file.path: _render(course, assignment, file) for file in rubric.handout}
    rendered["README.md"] = instructions(rubric, course.exercises)
    return rendered


def _render(course: Course, assignment: str, file: HandoutFile) -> str:
    cells: list[_Cell] = []
    for id_ in file.exercises:
        known = {cell.text for cell in cells}  # imports that the exercises share are given once
        cells += [cell for cell in _strip(course.exercise(id_)).cells if cell.text not in known]
    if file.path.endswith(".ipynb"):
        return _as_notebook(cells, assignment)
    if file.path.endswith(".py"):
        return _as_module(cells, assignment)
    raise CourseError(f"rubrics/{assignment}.toml: handout file {file.path!r} must end in .ipynb or .py")


def _strip(exercise: Exercise) -> _Stripped:
    """The exercise's cells with ids of their own and without its solution."""
    shown = f"solutions/{exercise.id}/reference.py"
    notebook = _read_percent(exercise.reference.read_text(encoding="utf-8"), fmt="py:percent")
    cells: list[_Cell] = []
    solution: set[str] = set()
    for cell in notebook.cells:
        if "standalone" in cell.metadata.get("tags", ()):
            continue
        text, removed = strip_solution(cell.source, shown)
        solution |= removed
        cells.append(_Cell(f"{exercise.id.replace('/', '-')}-{len(cells) + 1}", cell.cell_type, text))
    if not solution:
        raise CourseError(f"{shown}: has no solution region; put the answer between `{BEGIN}` and `{END}`")
    return _Stripped(tuple(cells), frozenset(solution))


def strip_solution(text: str, shown: str) -> tuple[str, set[str]]:
    """The text with each solution region replaced by a stub at its indentation, and the lines taken out.

    `shown` is how an error names the file. Raises CourseError for a region that is not closed or not opened.
    """
    kept: list[str] = []
    removed: set[str] = set()
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        if bare in (BEGIN, END):
            if inside is (bare == BEGIN):
                raise CourseError(f"{shown}: `{bare}` without its partner; close every region in the cell it begins in")
            inside = bare == BEGIN
            if inside:
                indent = line[: line.index("#")]
                kept += [indent + stub for stub in STUB]
        elif inside:
            removed.add(bare)
        else:
            kept.append(line)
    if inside:
        raise CourseError(f"{shown}: `{BEGIN}` without its partner; close every region in the cell it begins in")
    return "\n".join(kept), removed - {""}


def _as_notebook(cells: list[_Cell], assignment: str) -> str:
    """Version 4.5 of the notebook format."""
    notebook = {
        "cells": [_as_json(cell) for cell in cells],
        "metadata": _NOTEBOOK_METADATA | {"grader": {"assignment": assignment}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _as_json(cell: _Cell) -> dict[str, Any]:
    shared = {
        "cell_type": cell.kind,
        "id": cell.id,
        "metadata": {},
        "source": cell.text.splitlines(keepends=True),
    }
    return shared | {"execution_count": None, "outputs": []} if cell.kind == "code" else shared


def _as_module(cells: list[_Cell], assignment: str) -> str:
    blocks = [f"# grader: assignment={assignment}"]
    for cell in cells:
        blocks.append(cell.text if cell.kind == "code" else _as_comment(cell.text))
    text = "\n\n".join(blocks) + "\n"
    return re.sub(r"\n{2,}(?=def |class |@)", "\n\n\n", text)


def _as_comment(markdown: str) -> str:
    lines = (re.sub(r"^#+ ", "", line) for line in markdown.splitlines())
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _leaks(course: Course, assignment: str, path: Path) -> list[str]:
    """Lines of a solution that stand in this file, other than those which the handout itself has elsewhere."""
    parts = [_strip(course.exercise(id_)) for file in course.assignment(assignment).handout for id_ in file.exercises]
    given = {line.strip() for part in parts for cell in part.cells for line in cell.text.splitlines()}
    secret = {line for part in parts for line in part.solution - given if len(line) > 8 and not line.startswith("#")}
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = {line.strip() for source in _sources(text, path.suffix) for line in source.splitlines()}
    return [f"has a line of the solution: {line}" for line in sorted(lines & secret)]


def _sources(text: str, suffix: str) -> list[str]:
    if suffix != ".ipynb":
        return [text]
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
