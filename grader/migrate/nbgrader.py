"""Reads an assignment in nbgrader's source format: notebooks whose cells' metadata say what each is for.

https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
"""

import re
from pathlib import Path
from typing import Any

from grader.authoring.handout.handout import BEGIN, END
from grader.migrate.question import Cell, Findings, Question, Sheet, TestCell
from grader.migrate.reading import notebooks_in
from grader.model.errors import CourseError

_HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS[ \t]*\n(.*?)^[ \t]*### END HIDDEN TESTS[ \t]*$\n?", re.M | re.S)
_MARK_SCHEME = re.compile(r"=== BEGIN MARK SCHEME ===(.*?)=== END MARK SCHEME ===", re.S)


def read_nbgrader(folder: Path, findings: Findings) -> dict[str, list[Sheet]]:
    """Assignments by name, each a list of notebooks; `folder` is a course with source/, or one assignment's folder.

    Raises CourseError where there is no notebook with nbgrader's metadata.
    """
    source = folder / "source" if (folder / "source").is_dir() else folder
    sheets: dict[str, list[Sheet]] = {}
    for path, cells in notebooks_in(source):
        sheet = Sheet(path.stem)
        for cell in cells:
            _place(sheet, cell, cell.metadata.get("nbgrader", {}), findings)
        if sheet.questions:
            name = path.parent.name if path.parent != source else folder.resolve().name
            sheets.setdefault(name, []).append(sheet)
    if not sheets:
        raise CourseError(f"{folder}: no notebook there has a cell that nbgrader grades; give the folder with source/")
    return sheets


def _place(sheet: Sheet, cell: Any, told: dict[str, Any], findings: Findings) -> None:
    """Put one cell where it belongs; tests belong to the last question before them."""
    name, points = str(told.get("grade_id", "")), float(told.get("points", 0) or 0)
    text = Cell("code" if cell.cell_type == "code" else "markdown", cell.source)
    if told.get("task") or (told.get("grade") and told.get("solution")):
        guide = "\n".join(_MARK_SCHEME.findall(cell.source)).strip() or f"Marks for {name}, by what is written there."
        shown = Cell(text.kind, _MARK_SCHEME.sub("", cell.source).strip())
        sheet.blocks.append(Question(name, [shown], person_points=points, guide=guide))
    elif told.get("solution"):
        if text.kind == "code" and BEGIN not in text.text:  # then all of the cell is the answer
            text = Cell(text.kind, f"{BEGIN}\n{text.text}\n{END}")
        sheet.blocks.append(Question(name, [text]))
    elif told.get("grade"):
        tested = next((q for q in reversed(sheet.questions) if not q.person_points), None)
        if tested is None:
            findings.add(f"{sheet.name}, {name}", "tests come before any answer; left out")
        else:
            tested.tests += _tests(name, cell.source, points)
    elif cell.cell_type != "raw" and cell.source.strip():
        sheet.blocks.append(text)


def _tests(name: str, source: str, points: float) -> list[TestCell]:
    """The visible tests, and the hidden ones; points are shared by the number of assertions."""
    hidden, visible = "\n".join(_HIDDEN.findall(source)), _HIDDEN.sub("", source)
    counts = [code.count("assert") for code in (visible, hidden)]
    both = all(counts)
    return [
        TestCell(name + ("_hidden" if is_hidden and both else ""), code, points * count / sum(counts), is_hidden)
        for code, count, is_hidden in zip((visible, hidden), counts, (False, True), strict=True)
        if count
    ]
