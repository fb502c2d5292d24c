"""Every kind of cell that nbgrader gives points to: they become an exercise's, a person's, or are told as left out."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.course.folder import Course
from grader.migrate.courses import write_course
from grader.migrate.findings import Findings, missing, table
from grader.migrate.nbgrader import read_nbgrader
from grader.model.errors import CourseError
from tests.migrate.sources import answer, checks, nbgrader_cell, write_notebook

SQUARE = answer("square", "def square(x):\n    return x * x")
TESTS = checks("t", "assert square(3) == 9", 2)


def imported(folder: Path, *cells: Any) -> tuple[Course, Findings]:
    write_notebook(folder / "source" / "ps" / "nb.ipynb", cells)
    findings = Findings()
    return write_course(read_nbgrader(folder, findings), folder / "course", findings), findings


def shares(findings: Findings) -> dict[str, tuple[float, float]]:
    """By question: points of its exercises, points of a person."""
    return {one.where.removeprefix("nb, "): (one.exercise, one.person) for one in findings.brought}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([SQUARE, TESTS], {"square": (2, 0)}),
        ([SQUARE, checks("t", "assert square(3) == 9", 0.25)], {"square": (0.25, 0)}),
        ([SQUARE, checks("t", "assert square(3) == 9", "1.5")], {"square": (1.5, 0)}),
        ([SQUARE, checks("t", "if square(3) != 9:\n    raise ValueError('no')", 1)], {"square": (1, 0)}),
        (
            [SQUARE, checks("t", "### AUTOTEST square(3); square(4)\n### HASHED AUTOTEST square(5)", 1)],
            {"square": (1, 0)},
        ),
        ([SQUARE, checks("t", "# run elsewhere", 3)], {"square": (0, 3)}),
        ([SQUARE, checks("t", "assert cube(3) == 27", 3)], {"square": (0, 3)}),
        ([SQUARE, checks("t", "assert square(3) ==", 3)], {"square": (0, 3)}),
        ([SQUARE, checks("t", "assert square('a') == 8", 3)], {"square": (0, 3)}),
        ([SQUARE, checks("t", "assert square(3) == 9", 1), checks("u", "assert square(2) ==", 2)], {"square": (0, 3)}),
        ([answer("square", "def square(x) return x"), TESTS], {"square": (0, 2)}),
        ([answer("square", "import sys\nsquare = 1\nsys.exit()"), TESTS], {"square": (0, 2)}),
        ([answer("square", "word = input()\ndef square(x):\n    return x * x"), TESTS], {"square": (0, 2)}),
        ([TESTS, SQUARE], {"t": (0, 2)}),
        ([nbgrader_cell("markdown", "So.", grade_id="m", grade=True, solution=True, points=1.5)], {"m": (0, 1.5)}),
        ([nbgrader_cell("code", "x = 1", grade_id="m", grade=True, solution=True, points=4)], {"m": (0, 4)}),
        ([nbgrader_cell("markdown", "Do it.", grade_id="m", grade=True, points=4)], {"m": (0, 4)}),
        ([nbgrader_cell("markdown", "Do it.", grade_id="m", task=True, points=4)], {"m": (0, 4)}),
        ([nbgrader_cell("markdown", "Read.", grade_id="r", locked=True, points=4), SQUARE, TESTS], {"square": (2, 0)}),
        (
            [SQUARE, checks("t", "assert square(3) == 9", 0), checks("u", "assert square(2) == 4", 1)],
            {"square": (1, 0)},
        ),
        ([SQUARE, TESTS, SQUARE, TESTS], {"square": (0, 2), "square-2": (2, 0)}),
    ],
)
def test_points_go_to_the_program_or_to_a_person(
    tmp_path: Path, cells: list[Any], expected: dict[str, tuple[float, float]]
) -> None:
    course, findings = imported(tmp_path, *cells)
    assert shares(findings) == expected
    assert course.assignment("ps").marks == findings.points == sum(map(sum, expected.values()))
    assert missing(findings, course) == []
    assert all(bool(one.why) == bool(one.person) for one in findings.brought)


@pytest.mark.parametrize("told", [{}, {"schema_version": 1}, {"schema_version": 2, "cell_type": "code"}])
def test_all_versions_of_the_metadata_are_read(tmp_path: Path, told: dict[str, Any]) -> None:
    solution = new_code_cell(
        "def f():\n    return 3", metadata={"nbgrader": {"grade_id": "f", "solution": True} | told}
    )
    test = {"grade_id": "t", "grade": True, "points": 2} | told
    _, findings = imported(tmp_path, solution, new_code_cell("assert f() == 3", metadata={"nbgrader": test}))
    assert shares(findings) == {"f": (2, 0)}


@pytest.mark.parametrize("points", ["many", -1, float("nan"), [1]])
def test_points_that_are_none_are_told_as_not_counted(tmp_path: Path, points: Any) -> None:
    course, findings = imported(tmp_path, SQUARE, TESTS, checks("u", "assert square(2) == 4", points))
    assert "which is no number from 0 up" in findings.brought[0].why
    assert missing(findings, course) == ["1 of the lines above have points that could not be counted: look there"]


def test_hidden_and_visible_tests_share_the_points(tmp_path: Path) -> None:
    test = """
    result = square(3)
    assert result == 9
    ### BEGIN HIDDEN TESTS
    assert square(4) == 16
    assert square(5) == 25
    ### END HIDDEN TESTS
    """
    course, findings = imported(tmp_path, SQUARE, checks("t", test, 1))
    assert shares(findings) == {"square": (1, 0)}
    assert [item.marks for item in course.assignment("ps").parts[0].items] == [0.333333, 0.666667]
    assert "square(4)" not in course.exercise("ps/square").probe.read_text()


def test_hidden_tests_that_need_the_visible_ones_stay_with_them(tmp_path: Path) -> None:
    test = "r = square(3)\nassert r == 9\n### BEGIN HIDDEN TESTS\nassert r > 4\n### END HIDDEN TESTS"
    course, findings = imported(tmp_path, SQUARE, checks("t", test, 1))
    assert shares(findings) == {"square": (1, 0)}
    assert not course.exercise("ps/square_hidden").rubric.released


def test_tests_of_several_answers_belong_to_the_last_that_they_look_at(tmp_path: Path) -> None:
    cells = [
        SQUARE,
        answer("double", "def double(x):\n    return 2 * x"),
        answer("half", "def half(x):\n    return x / 2"),
    ]
    both = checks("both", "assert double(square(2)) == 8", 1)
    _, findings = imported(tmp_path, *cells, both, checks("first", "assert square(2) == 4", 2))
    assert shares(findings) == {"square": (2, 0), "double": (1, 0)}


def test_a_name_that_is_defined_anew_is_left_to_a_person(tmp_path: Path) -> None:
    first = answer("one", "answer = 1"), checks("t1", "assert answer == 1", 1)
    second = answer("two", "answer = 2"), checks("t2", "assert answer == 2", 1)
    _, findings = imported(tmp_path, *first, *second)
    assert shares(findings) == {"one": (0, 1), "two": (1, 0)}
    assert findings.brought[0].why == "its tests look at answer, which is defined anew further down"


def test_same_names_in_two_notebooks_and_folders_lose_nothing(tmp_path: Path) -> None:
    for place in ("ps/a", "ps/b", "ps/deeper/a", "PS/a"):
        write_notebook(tmp_path / "source" / f"{place}.ipynb", [SQUARE, TESTS])
    findings = Findings()
    course = write_course(read_nbgrader(tmp_path, findings), tmp_path / "course", findings)
    assert sum(rubric.marks for rubric in course.assignments.values()) == findings.points == 8
    assert len(course.exercises) == 4
    assert missing(findings, course) == []


def test_an_assignment_without_points_stops_nothing(tmp_path: Path) -> None:
    write_notebook(tmp_path / "source" / "practice" / "p.ipynb", [SQUARE])
    course, findings = imported(tmp_path, SQUARE, TESTS)
    assert list(course.assignments) == ["ps"]
    assert "practice: no question in it has points; left out" in findings.lines


def test_nothing_with_points_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="ps: no question has points, so there is nothing to grade"):
        imported(tmp_path, SQUARE)


def test_magics_are_left_out_with_a_note(tmp_path: Path) -> None:
    setup = "%matplotlib inline\n!pip install numpy\nimport numpy as np\nnp.mean?\nif np:\n    %precision 3"
    solution = "%%time\ndef square(x):\n    %time y = x * x\n    return y"
    cells = [new_code_cell(setup), new_code_cell("%%bash\nls\necho 'x"), answer("square", solution)]
    course, findings = imported(tmp_path, *cells, checks("t", "%load_ext something\nassert square(3) == 9", 2))
    assert shares(findings) == {"square": (2, 0)}
    noted = [line.partition("left out of what is run: ")[2] for line in findings.lines]
    assert noted == [
        *("%matplotlib inline", "!pip install numpy", "np.mean?", "%precision 3", "%%bash"),
        *("%%time", "%time y = x * x", "%load_ext something"),
    ]
    handout = (course.root / "handout" / "ps" / "nb.ipynb").read_text()
    assert "%matplotlib inline" in handout  # students still have it


def test_code_without_magics_has_no_note(tmp_path: Path) -> None:
    _, findings = imported(tmp_path, new_code_cell("x = 7 % 3  # %time"), SQUARE, TESTS)
    assert findings.lines == []


def test_a_given_cell_that_is_no_python_is_told_and_handed_out(tmp_path: Path) -> None:
    course, findings = imported(tmp_path, new_code_cell("fill = this here"), SQUARE, TESTS)
    assert shares(findings) == {"square": (2, 0)}
    assert findings.lines == ["nb, given code: code of it is not run: line 1 is no Python (invalid syntax)"]
    assert "fill = this here" in (course.root / "handout" / "ps" / "nb.ipynb").read_text()


def test_given_code_that_does_not_run_here_costs_only_what_needs_it(tmp_path: Path) -> None:
    given = new_code_cell("import numpy as np\ndata = open('marks.csv').read()\nmean = np.mean(data)\nfour = 4")
    square = answer("square", "def square(x):\n    return np.square(x) * four / 4")
    needs_data = answer("largest", "def largest():\n    return max(data)"), checks("u", "assert largest() == 9", 1)
    course, findings = imported(tmp_path, given, square, TESTS, *needs_data)
    assert shares(findings) == {"square": (2, 0), "largest": (0, 1)}
    assert findings.lines[0].startswith(
        "nb, given code: not run, and nor is what needs it: `data = open('marks.csv').read()` raises FileNotFoundError"
    )
    assert "data = open('marks.csv').read()" in "".join(handed_out(course))


def test_given_code_that_ends_python_stops_nothing(tmp_path: Path) -> None:
    course, findings = imported(tmp_path, new_code_cell("raise SystemExit"), SQUARE, TESTS)
    assert shares(findings) == {"square": (2, 0)}
    assert "raise SystemExit" in handed_out(course)


def handed_out(course: Course, name: str = "nb") -> list[str]:
    notebook = json.loads((course.root / "handout" / "ps" / f"{name}.ipynb").read_text())
    return [text for text in ("".join(cell["source"]) for cell in notebook["cells"]) if "check" not in text]


def test_questions_and_what_comes_after_them_stay_in_the_handout(tmp_path: Path) -> None:
    scheme = "Draw it.\n\n### BEGIN MARK SCHEME\nTwo for the axes.\n### END MARK SCHEME"
    course, _ = imported(
        tmp_path,
        SQUARE,
        TESTS,
        new_markdown_cell("Why is that so?"),
        nbgrader_cell("markdown", "Because of this.", grade_id="why", grade=True, solution=True, points=1),
        nbgrader_cell("markdown", scheme, grade_id="task", task=True, points=2),
        nbgrader_cell(
            "code", "x = 1\n# BEGIN SOLUTION\ny = 2\n# END SOLUTION", grade_id="c", grade=True, solution=True, points=1
        ),
        new_code_cell("raise SystemExit"),
        new_markdown_cell("That was all."),
    )
    cells = handed_out(course)
    assert cells[cells.index("Why is that so?") + 1 :] == [
        *("*Your answer here.*", "Draw it.", "x = 1\n# Your answer here", "raise SystemExit", "That was all."),
    ]
    guides = [part.guide for part in course.assignment("ps").parts]
    assert guides[1:3] == ["As good as the model answer:\nBecause of this.", "Two for the axes."]


def test_a_notebook_for_a_person_alone_is_handed_out(tmp_path: Path) -> None:
    why = nbgrader_cell("markdown", "Because.", grade_id="why", grade=True, solution=True, points=1)
    course, _ = imported(tmp_path, new_markdown_cell("Why?"), why, new_markdown_cell("The end."))
    assert handed_out(course) == ["Why?", "*Your answer here.*", "The end."]


def test_regions_that_do_not_close_give_nothing_away(tmp_path: Path) -> None:
    course, findings = imported(tmp_path, answer("f", "### BEGIN SOLUTION\ndef square(x):\n    return x * x"), TESTS)
    assert shares(findings) == {"f": (2, 0)}
    assert "x * x" not in "".join(handed_out(course))


def test_the_table_tells_what_became_of_all_points(tmp_path: Path) -> None:
    why = nbgrader_cell("markdown", "So.", grade_id="why", grade=True, solution=True, points=0.5)
    course, findings = imported(tmp_path, SQUARE, TESTS, why)
    findings.leave_out("other.ipynb", 4, "is written in r")
    findings.points += 4
    assert [line.split() for line in table(findings)] == [
        ["points", "exercise", "person", "left", "out"],
        ["nb,", "square", "2", "2"],
        ["nb,", "why", "0.5", "0.5", *["marked", "by", "hand", "there", "too"]],
        ["other.ipynb", "4", "4", "is", "written", "in", "r"],
        ["total", "6.5", "2", "0.5", "4"],
    ]
    assert missing(findings, course) == ["the source has 6.5 points, the course 2.5: 4 are left out"]


def test_an_old_notebook_is_converted(tmp_path: Path) -> None:
    meta = {"nbgrader": {"grade_id": "why", "grade": True, "solution": True, "points": 2}}
    cell = {"cell_type": "markdown", "metadata": meta, "source": ["So."]}
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [cell], "metadata": {}}],
    }
    path = tmp_path / "source" / "ps" / "old.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(old))
    assert nbformat.read(path, as_version=4).cells[0].metadata == meta
    _, findings = imported(tmp_path, SQUARE, TESTS)
    assert findings.points == 4
