"""Reads an assignment in nbgrader's source format: notebooks whose cells' metadata say what each is for.

https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.migrate.assertions import defined_names, imported_names, used_names
from grader.migrate.findings import Findings
from grader.migrate.notebooks import notebooks_in, number_in, plain
from grader.migrate.question import MARKED_BY_HAND, Question, Sheet, TestCell, answer, free_name
from grader.model.errors import CourseError

_BETWEEN = r"^[^\n]*BEGIN {0}[^\n]*\n(.*?)^[^\n]*END {0}[^\n]*$\n?"
_HIDDEN = re.compile(_BETWEEN.format("HIDDEN TESTS"), re.M | re.S)
_MARK_SCHEME = re.compile(_BETWEEN.format("MARK SCHEME"), re.M | re.S)
_AUTOTEST = re.compile(r"^([ \t]*)###[ \t]*(?:HASHED[ \t]+)?AUTOTEST[ \t]+([^\n]*)$", re.M)


def read_nbgrader(folder: Path, findings: Findings) -> dict[str, list[Sheet]]:
    """Assignments by name, each a list of notebooks; `folder` is a course with source/, or one assignment's folder.

    Raises CourseError where there is no notebook with nbgrader's metadata.
    """
    source = folder / "source" if (folder / "source").is_dir() else folder
    sheets: dict[str, list[Sheet]] = {}
    for path, cells in notebooks_in(source, findings, _points_of):
        sheet = _read_sheet(path.stem, cells, findings)
        if sheet.questions:
            inside = path.relative_to(source).parts
            sheets.setdefault(inside[0] if len(inside) > 1 else folder.resolve().name, []).append(sheet)
            findings.points += _points_of(cells)
    if not sheets:
        what = "no notebook there has a cell that nbgrader grades; give the folder with source/"
        raise CourseError(f"{folder}: {what}{findings.left_out}")
    return sheets


def _read_sheet(name: str, cells: Sequence[Any], findings: Findings) -> Sheet:
    sheet, taken = Sheet(name), set[str]()
    for number, cell in enumerate(cells, start=1):
        told = _told(cell)
        id_ = str(told.get("grade_id") or f"cell-{number}")
        free = free_name(id_, taken) if told else id_
        where = f"{name}, {free}"
        if free != id_:
            findings.add(where, f"another cell before it has the grade_id {id_!r} too")
        if _is_graded(told) and told.get("points") not in (None, "") and number_in(told["points"]) is None:
            findings.leave_out_strange_points(where, told["points"])
        _place(sheet, cell, told, free)
    return sheet


def _told(cell: Any) -> Mapping[str, Any]:
    return told if isinstance(told := cell.metadata.get("nbgrader"), Mapping) else {}


def _is_graded(told: Mapping[str, Any]) -> bool:
    return bool(told.get("grade") or told.get("task"))  # points of other cells count nothing there either


def _points_of(cells: Sequence[Any]) -> float:
    return sum(number_in(told.get("points")) or 0.0 for told in map(_told, cells) if _is_graded(told))


def _place(sheet: Sheet, cell: Any, told: Mapping[str, Any], name: str) -> None:
    kind = "code" if cell.cell_type == "code" else "markdown"
    points = number_in(told.get("points")) or 0.0
    if told.get("task") or (told.get("grade") and (told.get("solution") or kind == "markdown")):
        sheet.blocks.append(_for_a_person(cell.source, kind, name, points, has_answer=bool(told.get("solution"))))
    elif told.get("solution"):
        sheet.blocks.append(Question(name, [answer(kind, cell.source)]))
    elif told.get("grade"):
        _add_tests(sheet, cell.source, name, points)
    elif cell.cell_type != "raw" and cell.source.strip():
        sheet.blocks.append(answer(kind, cell.source, whole=False))


def _for_a_person(source: str, kind: str, name: str, points: float, *, has_answer: bool) -> Question:
    """An answer that a person marks, or a task whose text students get."""
    text = _MARK_SCHEME.sub("", source).strip()
    schemes = "\n".join(_MARK_SCHEME.findall(source)).strip()
    cell = answer(kind, text, whole=has_answer)
    model = f"As good as the model answer:\n{cell.solved}" if has_answer and text else ""
    guide = schemes or model or f"Marks for {name}, by what is written there."
    return Question(name, [cell], [], points, guide, MARKED_BY_HAND)


def _add_tests(sheet: Sheet, source: str, name: str, points: float) -> None:
    """Tests belong to the last answer before them that defines what they look at, else to the last one."""
    source = _AUTOTEST.sub(_as_assertions, source)
    answers = [q for q in sheet.questions if not q.person_points and not q.guide]
    if not answers:
        guide = f"Tests of {name}, which come before any answer:\n{source}"
        sheet.blocks.append(Question(name, [], [], points, guide, "its tests come before any answer"))
        return
    words = set(re.findall(r"\w+", source))
    asked = (q for q in reversed(answers) if any(words.intersection(names) for names in defined_names(q.code)))
    next(asked, answers[-1]).tests.extend(_split(name, source, points))


def _as_assertions(autotest: re.Match[str]) -> str:
    """An automatic test asks for the value that the solution gives."""
    indent, snippets = autotest[1], autotest[2].split(";")
    return "\n".join(f"{indent}assert ({snippet.strip()}) == ..." for snippet in snippets if snippet.strip())


def _split(name: str, source: str, points: float) -> list[TestCell]:
    """The visible tests, and the hidden ones where these run alone; points are shared by the number of assertions."""
    hidden, visible = "\n".join(_HIDDEN.findall(source)), _HIDDEN.sub("", source)
    if not hidden.strip() or "assert" not in visible or not _runs_alone(hidden, visible):
        return [TestCell(name, source, points, hidden=bool(hidden.strip()))]
    share = visible.count("assert") / (visible.count("assert") + max(1, hidden.count("assert")))
    first = round(points * share, 6)
    return [TestCell(name, visible, first), TestCell(f"{name}_hidden", hidden, points - first, hidden=True)]


def _runs_alone(hidden: str, visible: str) -> bool:
    """Whether both are whole, and the hidden tests use nothing that the visible ones define."""
    later, earlier = plain(hidden), plain(visible)
    imported = imported_names(earlier.code) - imported_names(later.code)
    known = imported.union(*defined_names(earlier.code))
    return not (later.error or earlier.error) and used_names(later.code).isdisjoint(known)
