"""Courses written for nbgrader and for Otter, in their documented formats, brought over and graded."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.course.folder import Course
from grader.grading.line import Grading
from grader.migrate.assertions import Converted, shown_expression_as_assertion
from grader.migrate.courses import write_course
from grader.migrate.findings import Findings
from grader.migrate.nbgrader import read_nbgrader
from grader.migrate.otter import read_otter
from grader.model.errors import CourseError, UsageError
from grader.model.report import CriterionReport
from tests.migrate.sources import all_that_is_wrong, grade, nbgrader_cell


@pytest.fixture(scope="module")
def nbgrader_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nbgrader")
    cells = [
        new_markdown_cell("# Problem set 1\n\nSquares and their sums."),
        new_code_cell("import numpy as np"),
        nbgrader_cell(
            "code",
            '''
            def squares(n):
                """The squares of 1 to n."""
                ### BEGIN SOLUTION
                if n < 1:
                    raise ValueError("n must be at least 1")
                return [i ** 2 for i in range(1, n + 1)]
                ### END SOLUTION
            ''',
            grade_id="squares",
            solution=True,
        ),
        nbgrader_cell(
            "code",
            """
            assert squares(1) == [1]
            assert squares(3) == [1, 4, 9]
            ### BEGIN HIDDEN TESTS
            assert squares(11) == [1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121]
            try:
                squares(0)
            except ValueError:
                pass
            else:
                raise AssertionError("squares(0) must raise ValueError")
            ### END HIDDEN TESTS
            """,
            grade_id="test_squares",
            grade=True,
            locked=True,
            points=3,
        ),
        nbgrader_cell(
            "code",
            """
            def mean_of_squares(n):
                return np.mean(squares(n))
            """,
            grade_id="mean",
            solution=True,
        ),
        nbgrader_cell(
            "code",
            """
            for n in (2, 4):
                np.testing.assert_allclose(mean_of_squares(n), np.mean(squares(n)))
            assert mean_of_squares(3) > 4
            """,
            grade_id="test_mean",
            grade=True,
            locked=True,
            points=2,
        ),
        nbgrader_cell("markdown", "Because it is so.", grade_id="why", grade=True, solution=True, points=1),
    ]
    path = folder / "source" / "ps1" / "problem1.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), path)
    return folder


@pytest.fixture(scope="module")
def otter_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("otter")
    cells = [
        new_raw_cell("# ASSIGNMENT CONFIG\ninit_cell: true\nsolutions_pdf: false"),
        new_code_cell("import numpy as np"),
        new_raw_cell("# BEGIN QUESTION\nname: q1\npoints: 2"),
        new_markdown_cell("**Question 1.** Complete `halve`."),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell("def halve(x):\n    return x / 2 # SOLUTION"),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        new_code_cell("halve(5)"),
        new_code_cell("# HIDDEN\nnp.isclose(halve(-7.5), -3.75)"),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
        new_raw_cell("# BEGIN QUESTION\nname: q2\npoints: 1"),
        new_markdown_cell("**Question 2.** Set `total`."),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell("numbers = [1, 2, 3]\ntotal = sum(numbers) # SOLUTION"),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        new_code_cell("total"),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
        new_raw_cell("# BEGIN QUESTION\nname: q3\npoints: 4\nmanual: true"),
        new_markdown_cell("**Question 3.** Why?"),
        new_raw_cell("# BEGIN SOLUTION"),
        new_markdown_cell("Any good reason."),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# END QUESTION"),
    ]
    nbformat.write(new_notebook(cells=cells), folder / "hw1.ipynb")
    return folder


def imported(read: Any, source: Path, into: Path) -> tuple[Course, list[str]]:
    findings = Findings()
    return write_course(read(source, findings), into, findings), findings.lines


def criteria(course: Course, path: Path) -> dict[tuple[str | None, str], CriterionReport]:
    with Grading(course) as grading:
        report = grading.grade(path)
    return {(c.exercise, c.id): c for part in report.parts for c in part.criteria}


def solved(course: Course, *exercises: str) -> str:
    """All of these exercises' code, as one module."""
    return (course.root / "solutions" / exercises[-1] / "reference.py").read_text()


def test_nbgrader_tests_and_points_come_over(nbgrader_course: Path, tmp_path: Path) -> None:
    course, findings = imported(read_nbgrader, nbgrader_course, tmp_path / "course")
    rubric = course.assignment("ps1")
    assert [(part.id, part.marks, part.person_marks) for part in rubric.parts] == [
        ("squares", 3, 0),
        ("mean", 2, 0),
        ("why", 1, 1),
    ]
    assert set(course.exercises) == {"ps1/squares", "ps1/squares_hidden", "ps1/mean"}
    assert not course.exercise("ps1/squares_hidden").rubric.released
    assert findings == ["problem1, mean, test_mean: judged by the submission's own process: mean_of_squares(3) > 4"]
    work = tmp_path / "problem1.py"
    work.write_text(solved(course, "ps1/squares", "ps1/mean"))
    assert {c.status.value for c in criteria(course, work).values()} == {"passed", "needs_person"}


def test_wrong_work_is_told_what_came_out(nbgrader_course: Path, tmp_path: Path) -> None:
    course, _ = imported(read_nbgrader, nbgrader_course, tmp_path / "course")
    work = tmp_path / "problem1.py"
    work.write_text(solved(course, "ps1/mean").replace("i ** 2", "2 * i").replace("raise ValueError", "print"))
    found = criteria(course, work)
    assert found["ps1/squares", "test-squares"].status.value == "failed"
    assert "squares(1)[0] is 2; expected 1" in found["ps1/squares", "test-squares"].message
    assert found["ps1/squares_hidden", "test-squares-hidden"].status.value == "failed"
    assert found["ps1/mean", "test-mean"].status.value == "failed"


def test_a_handout_is_generated_that_gives_nothing_away(nbgrader_course: Path, tmp_path: Path) -> None:
    course, _ = imported(read_nbgrader, nbgrader_course, tmp_path / "course")
    text = (course.root / "handout" / "ps1" / "problem1.ipynb").read_text()
    notebook = json.loads(text)
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert "def squares(n):" in code
    assert code.count("import numpy as np") == 1
    assert "i ** 2" not in text
    assert "np.mean(squares" not in text
    assert "Because it is so" not in text
    done = grade(course.root / "handout" / "ps1", "--course", course.root)
    assert done.returncode == 0, done.stderr
    assert "    0 of " in done.stdout
    assert "not attempted" in done.stdout


def test_otter_tests_and_points_come_over(otter_course: Path, tmp_path: Path) -> None:
    course, findings = imported(read_otter, otter_course, tmp_path / "course")
    rubric = course.assignment("hw1")
    assert [(part.id, part.marks, part.person_marks) for part in rubric.parts] == [
        ("q1", 2, 0),
        ("q2", 1, 0),
        ("q3", 4, 4),
    ]
    assert rubric.parts[2].guide == "Any good reason."
    assert findings == []
    work = tmp_path / "hw1.py"
    work.write_text(solved(course, "hw1/q2"))
    found = criteria(course, work)
    assert {c.status.value for c in found.values()} == {"passed", "needs_person"}
    work.write_text(solved(course, "hw1/q2").replace("x / 2", "x // 2").replace("sum(numbers)", "7"))
    found = criteria(course, work)
    assert "halve(5) is 2; expected 2.5" in found["hw1/q1", "q1-1"].message
    assert "total is 7; expected 6" in found["hw1/q2", "q2-1"].message
    assert found["hw1/q1_hidden", "q1-2"].status.value == "failed"


def test_the_command_lists_what_a_person_must_look_at(nbgrader_course: Path, tmp_path: Path) -> None:
    done = grade("course", "import", "nbgrader", nbgrader_course, "--output", tmp_path / "course")
    assert (done.returncode, done.stderr) == (0, "")
    assert "judged by the submission's own process: mean_of_squares(3) > 4" in done.stdout
    assert "ps1, 6 marks, 3 exercises graded by the program" in done.stdout


def test_every_check_of_a_course_likes_what_was_imported(
    nbgrader_course: Path, otter_course: Path, tmp_path: Path
) -> None:
    for read, source in ((read_nbgrader, nbgrader_course), (read_otter, otter_course)):
        course, _ = imported(read, source, tmp_path / source.name)
        assert all_that_is_wrong(course) == []


@pytest.mark.parametrize(
    ("read", "message"),
    [(read_nbgrader, "has a cell that nbgrader grades"), (read_otter, "has a `# BEGIN QUESTION` cell")],
)
def test_a_folder_without_such_a_course_is_told_so(tmp_path: Path, read: Any, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        read(tmp_path, Findings())


def test_a_notebook_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(CourseError, match=r"broken\.ipynb \(points unknown\) cannot be read as a notebook"):
        read_otter(tmp_path, Findings())


def test_nothing_is_written_over(otter_course: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(UsageError, match="is not empty"):
        write_course(read_otter(otter_course, Findings()), tmp_path, Findings())


@pytest.mark.parametrize(
    ("code", "recorded", "claims"),
    [
        ("assert f(2) == 4", "see.exactly('f(2)', f(2))", 0),
        ("assert 4 == f(2)", "see.exactly('f(2)', f(2))", 0),
        ("assert np.allclose(f(2), 4)", "see.nearly('f(2)', f(2))", 0),
        ("assert_equal(4, f(2))", "see.exactly('f(2)', f(2))", 0),
        ("assert f(2) > 3", "see.exactly('f(2) > 3', bool(f(2) > 3))", 1),
        ("expected = 4\nvalue = f(2)\nassert expected == value", "see.exactly('value', value)", 0),
        ("expected = 4\nfor got in f(2):\n    assert expected == got", "see.exactly('got', got)", 0),
        ("if f(2) != 4:\n    raise ValueError", "see.exactly('it runs to its end', True)", 1),
        ("for x in (1, 2):\n    assert f(x) == x", "for x in (1, 2):\n    see.exactly('f(x)', f(x))", 0),
    ],
)
def test_assertions_become_records(code: str, recorded: str, claims: int) -> None:
    converted = Converted(code, ["f"])
    assert converted.code.endswith(recorded)
    assert len(converted.claims) == claims


def test_shown_values_become_assertions() -> None:
    assert shown_expression_as_assertion("x = f(1)\nx") == "x = f(1)\nassert x == ..."
    assert shown_expression_as_assertion("f(1) == 2") == "assert f(1) == 2"
    assert shown_expression_as_assertion("assert_equal(f(1), 2)") == "assert_equal(f(1), 2)"
