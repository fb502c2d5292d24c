"""The frame of a handout file: the notebook around its exercises, with introduction, data, training and pictures.

`frame = "week3"` in a rubric's [[handout]] table names `solutions/notebooks/week3.py`, in percent
format. An empty cell `# %% exercise="topic/exercise"` stands for that exercise's cells, with their stubs or solved; all
other cells are handed out as they are, so they hold no part of a solution. A cell tagged "parameters" holds what a
short run changes; what stands in a cell tagged "given" gives nothing away, even where a solution has that line too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jupytext

from grader.model.assignment import HandoutFile
from grader.model.errors import CourseError

FOLDER = "solutions/notebooks"
ALREADY_GIVEN = "given"
_IMPORTS = ("import ", "from ")


@dataclass(frozen=True)
class Cell:
    id: str  # "topic-exercise-3": the same in every build
    kind: str  # "code" or "markdown"
    text: str
    tags: tuple[str, ...] = ()


def percent_cells(path: Path) -> list[Any]:
    """The cells of a file in percent format, as nbformat has them."""
    return list(jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells)


def arrange(root: Path, file: HandoutFile, exercises: Mapping[str, Sequence[Cell]]) -> list[Cell]:
    """All cells of a handout file: its exercises' in order, or where the frame has them.

    Imports that are known from cells before are left out of an exercise. `root` is the course's folder. Raises
    CourseError where the frame is missing, or has not each of the file's exercises exactly once.
    """
    placed: list[Cell] = []
    for place in _read_frame(root, file) if file.frame else file.exercises:
        if isinstance(place, Cell):
            placed.append(place)
        else:
            known = {line for cell in placed for line in cell.text.splitlines() if line.startswith(_IMPORTS)}
            placed += [cell for cell in (_without(known, cell) for cell in exercises[place]) if cell.text]
    return placed


def _without(known: set[str], cell: Cell) -> Cell:
    """The cell without imports that are known, where it has nothing but imports."""
    lines = cell.text.splitlines()
    if cell.kind != "code" or not all(line.startswith(_IMPORTS) for line in lines if line):
        return cell
    return replace(cell, text="\n".join(line for line in lines if line not in known).strip())


def _read_frame(root: Path, file: HandoutFile) -> list[Cell | str]:
    """The frame's own cells, and the ids of exercises where their cells belong."""
    shown = f"{FOLDER}/{file.frame}.py"
    path = root / shown
    if not path.is_file():
        raise CourseError(f"{shown}: no such file, but a handout table names {file.frame!r} as `frame`; write it there")
    places = list(_places(percent_cells(path), f"{file.frame}", shown))
    found = Counter(place for place in places if isinstance(place, str))
    for id_ in file.exercises:
        if found[id_] != 1:
            what = "has no cell for" if id_ not in found else f"has {found[id_]} cells for"
            raise CourseError(f'{shown}: {what} {id_}; write `# %% exercise="{id_}"` once')
    if strange := found.keys() - set(file.exercises):
        raise CourseError(f"{shown}: has a cell for {min(strange)}, which {file.path!r} does not list; add it there")
    return places


def _places(cells: Sequence[Any], name: str, shown: str) -> Iterator[Cell | str]:
    for number, cell in enumerate(cells, start=1):
        exercise = cell.metadata.get("exercise")
        if exercise is None:
            yield Cell(f"{name}-{number}", cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())))
        elif cell.source.strip():
            raise CourseError(f"{shown}: the cell for {exercise} is not empty; write what it holds into another cell")
        else:
            yield exercise
