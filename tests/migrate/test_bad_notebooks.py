"""One bad notebook stops nothing: it is listed, and points that were lost by it end the import with status 2."""

import json
from pathlib import Path
from typing import Any

import pytest

from grader.course.folder import Course
from grader.migrate.courses import write_course
from grader.migrate.findings import Findings, missing
from grader.migrate.nbgrader import read_nbgrader
from grader.migrate.otter import read_otter
from tests.migrate.sources import (
    R,
    all_that_is_wrong,
    answer,
    checks,
    grade,
    nbgrader_cell,
    otter_question,
    otter_solution,
    write_notebook,
)

SQUARE = answer("square", "def square(x):\n    return x * x")
TESTS = checks("t", "assert square(3) == 9", 2)
HALVE = otter_question("name: q1\npoints: 2", *otter_solution("def halve(x):\n    return x / 2"), tests=["halve(5)"])


HIDDEN = """
print(square(3))
assert square(3) == 9
### BEGIN HIDDEN TESTS
assert square(4) == 16
### END HIDDEN TESTS
"""
RAISES = """
try:
    square('a')
except TypeError:
    pass
else:
    raise AssertionError
"""
TABLE = """
class Table:
    def __init__(self):
        self.rows = []
    def add(self, row):
        self.rows.append(row)
        return len(self.rows)
"""
DIFFICULT = [
    nbgrader_cell("code", "%matplotlib inline\nimport numpy as np", grade_id="setup", locked=True),
    nbgrader_cell("markdown", "Why?", grade_id="question", locked=True),
    nbgrader_cell("markdown", "So.", grade_id="why", grade=True, solution=True, points=2),
    SQUARE,
    checks("t", HIDDEN, 1),
    checks("e", RAISES, 0.5),
    answer("table", TABLE),
    checks("c", "table = Table()\nassert table.add(1) == 1\nassert table.rows == [1]", 1),
    answer("total", "### BEGIN SOLUTION\ntotal = float(np.sum([1, 2]))\n### END SOLUTION"),
    checks("v", "assert total == 3", 0.25),
    answer("broken", "total_2 = = 3"),
    checks("b", "assert total_2 == 3", 0.25),
    answer("show", "def show(x):\n    return None if x else x + 1"),
    checks("n", "assert show(0) == 1", 0.25),
    nbgrader_cell("markdown", "The end.", grade_id="end", locked=True),
]
READERS = {"nbgrader": read_nbgrader, "otter": read_otter}


def imported(folder: Path, which: str = "nbgrader") -> tuple[Course, Findings]:
    findings = Findings()
    return write_course(READERS[which](folder / "in", findings), folder / "out", findings), findings


@pytest.mark.parametrize(
    "text",
    ["{", "", "[]", "null", '{"nbformat": 4}', '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [7]}'],
)
@pytest.mark.parametrize(("which", "good"), [("nbgrader", [SQUARE, TESTS]), ("otter", HALVE)])
def test_what_is_no_notebook_is_listed(tmp_path: Path, which: str, good: list[Any], text: str) -> None:
    write_notebook(tmp_path / "in" / "good.ipynb", good)
    (tmp_path / "in" / "bad.ipynb").write_text(text)
    course, findings = imported(tmp_path, which)
    assert len(course.exercises) == 1
    assert (findings.brought[0].where, findings.brought[0].points) == ("bad.ipynb", None)
    assert "cannot be read as a notebook" in findings.brought[0].why
    assert missing(findings, course) == ["1 of the lines above have points that could not be counted: look there"]


def test_a_notebook_of_another_language_is_listed_with_its_points(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in" / "a.ipynb", [SQUARE, TESTS])
    write_notebook(tmp_path / "in" / "b.ipynb", [SQUARE, checks("t", "stopifnot(square(3) == 9)", 3)], metadata=R)
    done = grade("course", "import", "nbgrader", "in", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "is written in r; only Python can be brought over" in done.stdout
    assert "the source has 5 points, the course 2: 3 are left out" in done.stdout


def test_otter_questions_of_another_language_are_listed_with_their_points(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in" / "a.ipynb", HALVE)
    write_notebook(tmp_path / "in" / "b.ipynb", HALVE, metadata=R)
    course, findings = imported(tmp_path, "otter")
    assert missing(findings, course) == ["the source has 4 points, the course 2: 2 are left out"]


def test_a_notebook_of_another_language_without_points_costs_nothing(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in" / "a.ipynb", [SQUARE, TESTS])
    write_notebook(tmp_path / "in" / "b.ipynb", [SQUARE], metadata=R)
    course, findings = imported(tmp_path)
    assert missing(findings, course) == []


def test_what_is_left_out_is_told_where_nothing_else_has_points(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in" / "a.ipynb", [SQUARE])
    write_notebook(tmp_path / "in" / "b.ipynb", [SQUARE, checks("t", "stopifnot(square(3) == 9)", 3)], metadata=R)
    done = grade("course", "import", "nbgrader", "in", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "nothing to grade; b.ipynb (3 points) is written in r; only Python can be brought over" in done.stderr


def test_metadata_of_strange_shapes_stop_nothing(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in" / "a.ipynb", [SQUARE, TESTS])
    cells = [
        {"cell_type": "code", "source": ["def f():\n", "    return 1"], "metadata": {"nbgrader": "yes"}, "outputs": []},
        {"cell_type": "heading", "source": "Old", "metadata": {"nbgrader": None}},
        {"cell_type": "markdown", "source": [], "metadata": {"nbgrader": {"grade": True, "points": 1}}},
    ]
    told = {"nbformat": 4, "nbformat_minor": 2, "metadata": {"kernelspec": {}}, "cells": cells}
    (tmp_path / "in" / "b.ipynb").write_text(json.dumps(told))
    course, findings = imported(tmp_path)
    assert [one.where for one in findings.brought] == ["a, square", "b, cell-3"]
    assert missing(findings, course) == []


def test_a_course_full_of_difficulties_passes_every_check(tmp_path: Path) -> None:
    write_notebook(tmp_path / "in" / "source" / "ps" / "a.ipynb", DIFFICULT)
    course, findings = imported(tmp_path)
    assert (course.assignment("ps").marks, len(course.exercises)) == (5.25, 5)
    assert missing(findings, course) == []
    assert all_that_is_wrong(course) == []
