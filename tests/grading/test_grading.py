"""Whole submissions through the whole line: intake, sandbox, judge, marks."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.course.folder import find_course
from grader.grading.line import Grading, Task
from grader.model.report import CriterionReport, Report, Status
from tests.places import ROOT, SAMPLES

COURSE = find_course(ROOT, ROOT)
AUTOMATIC = {"cs5370-a4": 22, "cse891-hw2": 5.5}


@pytest.fixture(scope="module")
def grading() -> Iterator[Grading]:
    with Grading(COURSE) as grading:
        yield grading


def grade_as(grading: Grading, assignment: str, submission: Path) -> Report:
    rubric = COURSE.assignments[assignment]
    exercises = {id_: COURSE.exercises[id_] for id_ in rubric.exercises}
    return grading.grade(submission, task_of=lambda _: Task(assignment, rubric, exercises))


def criteria_of(report: Report, exercise: str | None = None) -> list[CriterionReport]:
    found = [c for part in report.parts for c in part.criteria if c.exercise is not None]
    return [c for c in found if exercise in (None, c.exercise)]


@pytest.mark.parametrize("sample", ["cs5370-a4-full.zip", "cse891-hw2-full.zip"])
def test_the_reference_earns_every_automatic_mark(grading: Grading, sample: str) -> None:
    assignment = sample.removesuffix("-full.zip")
    report = grade_as(grading, assignment, SAMPLES / sample)
    lost = [(c.exercise, c.id, c.message) for c in criteria_of(report) if c.status is not Status.PASSED]
    assert not lost
    assert report.score == pytest.approx(AUTOMATIC[assignment])
    assert report.score + report.pending == pytest.approx(report.possible)


def test_the_untouched_handout_earns_nothing_and_nothing_is_held_against_it(grading: Grading) -> None:
    report = grade_as(grading, "cs5370-a4", SAMPLES / "cs5370-a4-untouched.zip")
    assert report.score == 0
    assert {(c.exercise, c.id): c.status for c in criteria_of(report)} == {
        (c.exercise, c.id): Status.NOT_ATTEMPTED for c in criteria_of(report)
    }


def test_a_defect_of_my_conv2d_is_not_charged_to_the_networks_that_use_it(grading: Grading, tmp_path: Path) -> None:
    with zipfile.ZipFile(SAMPLES / "cs5370-a4-full.zip") as archive:
        archive.extractall(tmp_path)
    notebook = tmp_path / "colourization.ipynb"
    text = notebook.read_text()
    assert "F.conv2d(" in text
    notebook.write_text(text.replace("F.conv2d(", "-F.conv2d("))
    report = grade_as(grading, "cs5370-a4", notebook)
    earned = {id_: sum(c.earned for c in criteria_of(report, id_)) for id_ in COURSE.assignments["cs5370-a4"].exercises}
    assert earned["colour/my_conv2d"] < 0.5
    assert earned["colour/cnn"] == pytest.approx(1.5)
    assert earned["colour/unet"] == pytest.approx(2.0)
    assert any("in place of yours" in note for note in report.notes)


def test_one_file_that_is_broken_costs_only_what_it_defines(grading: Grading, tmp_path: Path) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "conv.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    (handed_in / "cnn.py").write_text("class CNN(:\n    pass\n")
    report = grade_as(grading, "cs5370-a4", handed_in)
    assert {c.status for c in criteria_of(report, "colour/my_conv2d")} == {Status.PASSED}
    broken = criteria_of(report, "colour/cnn")
    assert {c.earned for c in broken} == {0.0}
    assert "SyntaxError" in broken[0].message


def test_the_better_of_two_versions_is_shown_to_a_person(grading: Grading, tmp_path: Path) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "a_old.py").write_text("class MyConv2d:\n    pass\n")
    (handed_in / "b_new.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    report = grade_as(grading, "cs5370-a4", handed_in)
    found = criteria_of(report, "colour/my_conv2d")
    assert {c.status for c in found} == {Status.NEEDS_PERSON}
    assert found[0].message.startswith("MyConv2d in b_new.py would pass, but it is not the one that counts: ")
    assert any("b_new.py" in note and "a_old.py" in note for note in report.notes)


def test_a_crash_in_one_exercise_costs_only_that_exercise(grading: Grading, tmp_path: Path) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "conv.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    (handed_in / "cnn.py").write_text(
        "import ctypes\nfrom torch import nn\n"
        "class CNN(nn.Module):\n    def __init__(self, *sizes):\n        super().__init__()\n"
        "    def forward(self, x):\n        ctypes.string_at(0)\n"
    )
    report = grade_as(grading, "cs5370-a4", handed_in)
    assert {c.status for c in criteria_of(report, "colour/my_conv2d")} == {Status.PASSED}
    assert "signal 11" in criteria_of(report, "colour/cnn")[0].message


@pytest.mark.parametrize(
    ("sheet", "status"),
    [(None, Status.NEEDS_PERSON), ("", Status.NOT_ATTEMPTED), ("[epochs]\nepochs = 25\n", Status.PASSED)],
)
def test_answers_wait_for_a_person_only_where_no_sheet_was_handed_in(
    grading: Grading, tmp_path: Path, sheet: str | None, status: Status
) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "conv.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    if sheet is not None:
        (handed_in / "answers.toml").write_text(sheet)
    report = grade_as(grading, "cs5370-a4", handed_in)
    assert {c.status for c in criteria_of(report, "answers/epochs")} == {status}


@pytest.mark.parametrize(("title", "status"), [("Flowers", Status.PASSED), ("Again", Status.NEEDS_PERSON)])
def test_a_second_task_in_a_notebook_may_define_the_name_anew(
    grading: Grading, tmp_path: Path, title: str, status: Status
) -> None:
    """Segmentation comes after colourization in one notebook, and calls its own network by the same name."""
    right = (COURSE.exercise("colour/my_conv2d").reference).read_text(encoding="utf-8")
    again = f'import torch\n\n\nclass MyConv2d(torch.nn.Module):\n    "{title}"\n\n    kernel = 3\n'
    texts = (right, "print('trained')", again)
    path = tmp_path / "colourization.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(text) for text in texts]), path)
    report = grade_as(grading, "cs5370-a4", path)
    found = [c for part in report.parts for c in part.criteria if c.exercise == "colour/my_conv2d"]
    assert {c.status for c in found} == {status}
    if status is Status.PASSED:
        told = "MyConv2d was taken from colourization.ipynb up to cell 1; also defined: MyConv2d in colourization.ipynb"
        assert told in report.notes
    else:
        assert found[0].message.startswith("MyConv2d in colourization.ipynb up to cell 1 would pass, but it is not")
