"""Handouts are the solutions without their answers: same bytes each time, loadable, and nothing left inside."""

import ast
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from grader.authoring.handout.frames import Cell
from grader.authoring.handout.handout import _as_notebook, build_handout, render_handout, strip_solution, verify_handout
from grader.course.folder import open_course
from grader.model.errors import CourseError
from tests.places import ROOT, TOY

ASSIGNMENTS = sorted(open_course(ROOT).assignments)

MODULE = '''# grader: assignment=week-1

import math

import torch

# A smooth activation
#
# `gelu(x)` multiplies every element of `x` by the probability that a standard normal number lies below it. The shape
# stays the same. Use `torch.erf`; `F.gelu` is what you are to rebuild.


def gelu(x):
    """x times the standard normal distribution function of x, element by element."""
    # YOUR CODE HERE
    raise NotImplementedError
'''


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy course that a test may spoil."""
    return Path(shutil.copytree(TOY, tmp_path / "course"))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_committed_handouts_are_up_to_date(assignment: str) -> None:
    assert verify_handout(open_course(ROOT), assignment) == ()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_exercise_of_a_handout_is_a_stub_in_it(assignment: str) -> None:
    course = open_course(ROOT)
    rendered = render_handout(course, assignment)
    for file in course.assignment(assignment).handout:
        for exercise in file.to_write:
            rubric = course.exercise(exercise).rubric
            wanted = f" {rubric.entry}(" if rubric.kind == "code" else f"[{exercise.partition('/')[2]}]"
            assert wanted in rendered[file.path]
        if not file.path.endswith(".toml"):
            assert rendered[file.path].count("raise NotImplementedError") >= len(file.to_write)
        assert "SOLUTION" not in rendered[file.path]


def test_the_notebook_is_valid_and_names_its_assignment() -> None:
    text = render_handout(open_course(ROOT), "cs5370-a4")["colourization.ipynb"]
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata["grader"] == {"assignment": "cs5370-a4"}
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert "colour-my_conv2d-1" in ids
    assert len(set(ids)) == len(ids)
    assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code")


def test_cells_of_an_exercise_with_a_long_name_have_ids_that_fit_the_format() -> None:
    name = f"topic-{'long_' * 20}"
    text = _as_notebook([Cell(f"{name}-1", "code", "x = 1"), Cell(f"{name}-check", "markdown", "Look.")], "week-1")
    ids = [cell.id for cell in nbformat.reads(text, as_version=4).cells]
    assert [(len(id_), id_.rpartition("-")[2]) for id_ in ids] == [(64, "1"), (64, "check")]


def test_the_notebook_is_python_throughout_and_leaves_standalone_cells_out() -> None:
    notebook = json.loads(render_handout(open_course(ROOT), "cs5370-a4")["colourization.ipynb"])
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(source.strip() for source in sources)
    assert all(ast.parse(source) for source in sources)
    assert sum("class MyConv2d" in source for source in sources) == 1


def test_a_module_is_the_solution_without_its_answer(toy: Path) -> None:
    written = build_handout(open_course(toy), "week-1")
    assert [path.relative_to(toy).as_posix() for path in written] == [
        "handout/week-1/activations.py",
        "handout/week-1/README.md",
    ]
    assert written[0].read_text() == MODULE


def test_the_readme_says_what_to_hand_in_and_how_marks_arise(toy: Path) -> None:
    readme = render_handout(open_course(toy), "week-1")["README.md"]
    for line in (
        "One file, `activations.py`.",
        "- `activations.py`: `gelu`",
        "| 1 | Write gelu | 2 | automatically: activations/gelu 2 |",
        "| 2 | Where do gelu and ReLU differ most? | 1 | by a person |",
        "- x stays as it was: 25%",
    ):
        assert line in readme.splitlines()


def test_the_guides_of_markers_are_not_handed_out() -> None:
    course = open_course(ROOT)
    for assignment, rubric in course.assignments.items():
        text = "".join(render_handout(course, assignment).values())
        assert not [part.id for part in rubric.parts if part.guide and part.guide.splitlines()[0] in text]


def test_building_twice_gives_the_same_bytes(toy: Path) -> None:
    course = open_course(toy)
    first = [path.read_bytes() for path in build_handout(course, "week-1")]
    assert [path.read_bytes() for path in build_handout(course, "week-1")] == first
    assert verify_handout(course, "week-1") == ()


# what verify finds


def test_a_missing_file_is_found(toy: Path) -> None:
    assert verify_handout(open_course(toy), "week-1") == (
        "handout/week-1/activations.py: missing; run `grade handout build week-1`",
        "handout/week-1/README.md: missing; run `grade handout build week-1`",
    )


def test_a_changed_solution_makes_the_handout_stale(toy: Path) -> None:
    build_handout(open_course(toy), "week-1")
    reference = toy / "solutions/activations/gelu/reference.py"
    reference.write_text(reference.read_text().replace("A smooth activation", "A smoother activation"))
    assert verify_handout(open_course(toy), "week-1") == (
        "handout/week-1/activations.py: is not what the solutions give; run `grade handout build week-1`",
    )


def test_a_solution_left_inside_is_found(toy: Path) -> None:
    module, _ = build_handout(open_course(toy), "week-1")
    module.write_text(MODULE.replace("raise NotImplementedError", "return x * below"))
    findings = verify_handout(open_course(toy), "week-1")
    assert findings[-1] == "handout/week-1/activations.py: has a line of the solution: return x * below"


def test_a_solution_left_in_a_notebook_is_found(toy: Path) -> None:
    rubric = toy / "rubrics/week-1.toml"
    rubric.write_text(rubric.read_text().replace('path = "activations.py"', 'path = "activations.ipynb"'))
    notebook, _ = build_handout(open_course(toy), "week-1")
    notebook.write_text(notebook.read_text().replace("raise NotImplementedError", "return x * below"))
    findings = verify_handout(open_course(toy), "week-1")
    assert findings[-1] == "handout/week-1/activations.ipynb: has a line of the solution: return x * below"


def test_a_file_that_nothing_generates_is_found(toy: Path) -> None:
    build_handout(open_course(toy), "week-1")
    (toy / "handout/week-1/answers.txt").write_text("return x * below\n")
    assert verify_handout(open_course(toy), "week-1") == (
        "handout/week-1/answers.txt: no solution generates it; delete it, or name it in the rubric",
        "handout/week-1/answers.txt: has a line of the solution: return x * below",
    )


# solution regions


def test_a_region_becomes_a_stub_at_its_indentation() -> None:
    text = "def f(x):\n    y = 1\n    ### BEGIN SOLUTION\n    y += x\n\n    z = y\n    ### END SOLUTION\n    return z"
    stripped, removed = strip_solution(text, "reference.py")
    assert stripped == "def f(x):\n    y = 1\n    # YOUR CODE HERE\n    raise NotImplementedError\n    return z"
    assert removed == {"y += x", "z = y"}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("### BEGIN SOLUTION\nx = 1", "BEGIN"),
        ("x = 1\n### END SOLUTION", "END"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "BEGIN"),
    ],
)
def test_an_unpaired_mark_is_refused(text: str, mark: str) -> None:
    with pytest.raises(CourseError, match=rf"^reference\.py: `### {mark} SOLUTION` without its partner"):
        strip_solution(text, "reference.py")


def test_a_reference_without_a_region_is_refused(toy: Path) -> None:
    reference = toy / "solutions/activations/gelu/reference.py"
    lines = [line for line in reference.read_text().splitlines() if "SOLUTION" not in line]
    reference.write_text("\n".join(lines))
    with pytest.raises(CourseError, match=r"solutions/activations/gelu/reference\.py: has no solution region"):
        render_handout(open_course(toy), "week-1")


def test_another_kind_of_file_is_refused(toy: Path) -> None:
    rubric = toy / "rubrics/week-1.toml"
    rubric.write_text(rubric.read_text().replace('path = "activations.py"', 'path = "activations.txt"'))
    with pytest.raises(CourseError, match=r"handout file 'activations\.txt' must end in \.ipynb, \.py or \.toml"):
        render_handout(open_course(toy), "week-1")
