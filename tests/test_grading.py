"""Whole submissions through the whole line: intake, sandbox, judge, marks."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom.grading import Grading
from grader.course.folder import Course, find_course
from grader.model.report import CriterionReport, Report
from grader.model.verdict import Status

SAMPLES = Path(__file__).parent / "submissions"
COURSE = find_course(Path(__file__).parents[1], Path(__file__).parent)
AUTOMATIC = {"cs5370-a4": 4.0, "cse891-hw2": 1.0}
ASSIGNMENT_OF = {id_: a for a, rubric in COURSE.assignments.items() for id_ in rubric.exercises}


def solutions(kind: str) -> list[tuple[str, Path]]:
    return [(id_, path) for id_, exercise in COURSE.exercises.items() for path in getattr(exercise, kind)]


def named(solution: tuple[str, Path]) -> str:
    return f"{solution[0]}/{solution[1].stem}"


@pytest.fixture(scope="module")
def course() -> Course:
    return COURSE


@pytest.fixture(scope="module")
def graders(course: Course) -> Iterator[dict[str, Grading]]:
    with Grading(course, assignment="cs5370-a4") as a4, Grading(course, assignment="cse891-hw2") as hw2:
        yield {"cs5370-a4": a4, "cse891-hw2": hw2}


def grade_alone(graders: dict[str, Grading], exercise: str, source: Path) -> list[CriterionReport]:
    report = graders[ASSIGNMENT_OF[exercise]].grade(source)
    return criteria_of(report, exercise)


def criteria_of(report: Report, exercise: str | None = None) -> list[CriterionReport]:
    found = [c for part in report.parts for c in part.criteria if c.exercise is not None]
    return [c for c in found if exercise in (None, c.exercise)]


@pytest.mark.parametrize("sample", ["cs5370-a4-full.zip", "cse891-hw2-full.zip"])
def test_the_reference_earns_every_automatic_mark(graders: dict[str, Grading], sample: str) -> None:
    assignment = sample.removesuffix("-full.zip")
    report = graders[assignment].grade(SAMPLES / sample)
    lost = [(c.exercise, c.id, c.message) for c in criteria_of(report) if c.status is not Status.PASSED]
    assert not lost
    assert report.score == pytest.approx(AUTOMATIC[assignment])
    assert report.score + report.pending == pytest.approx(report.possible)


def test_the_untouched_handout_earns_nothing_and_nothing_is_held_against_it(graders: dict[str, Grading]) -> None:
    report = graders["cs5370-a4"].grade(SAMPLES / "cs5370-a4-untouched.zip")
    assert report.score == 0
    assert {(c.exercise, c.id): c.status for c in criteria_of(report)} == {
        (c.exercise, c.id): Status.NOT_ATTEMPTED for c in criteria_of(report)
    }


@pytest.mark.parametrize("wheat", solutions("wheats"), ids=named)
def test_every_other_correct_way_earns_full_marks(graders: dict[str, Grading], wheat: tuple[str, Path]) -> None:
    criteria = grade_alone(graders, *wheat)
    assert [(c.id, c.message) for c in criteria if c.status is not Status.PASSED] == []


@pytest.mark.parametrize("chaff", solutions("chaffs"), ids=named)
def test_every_known_mistake_loses_its_own_criteria_with_a_reason(
    graders: dict[str, Grading], chaff: tuple[str, Path]
) -> None:
    exercise, path = chaff
    loses = next(eval(line.partition("=")[2]) for line in path.read_text().splitlines() if line.startswith("LOSES"))
    criteria = grade_alone(graders, exercise, path)
    failed = {c.id for c in criteria if c.status is Status.FAILED}
    assert failed == loses
    assert {c.status for c in criteria} <= {Status.PASSED, Status.FAILED, Status.BLOCKED, Status.NOT_ATTEMPTED}
    for criterion in criteria:
        if criterion.status is Status.FAILED:
            assert criterion.message
            assert criterion.hint
            assert criterion.earned == 0


def test_a_defect_of_my_conv2d_is_not_charged_to_the_networks_that_use_it(
    graders: dict[str, Grading], tmp_path: Path
) -> None:
    with zipfile.ZipFile(SAMPLES / "cs5370-a4-full.zip") as archive:
        archive.extractall(tmp_path)
    (notebook,) = tmp_path.rglob("*.ipynb")
    text = notebook.read_text()
    assert "F.conv2d(" in text
    notebook.write_text(text.replace("F.conv2d(", "-F.conv2d("))
    report = graders["cs5370-a4"].grade(notebook)
    earned = {id_: sum(c.earned for c in criteria_of(report, id_)) for id_ in COURSE.assignments["cs5370-a4"].exercises}
    assert earned["colour/my_conv2d"] < 0.5
    assert earned["colour/cnn"] == pytest.approx(1.5)
    assert earned["colour/unet"] == pytest.approx(2.0)
    assert any("in place of yours" in note for note in report.notes)


def test_one_file_that_is_broken_costs_only_what_it_defines(graders: dict[str, Grading], tmp_path: Path) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "conv.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    (handed_in / "cnn.py").write_text("class CNN(:\n    pass\n")
    report = graders["cs5370-a4"].grade(handed_in)
    assert {c.status for c in criteria_of(report, "colour/my_conv2d")} == {Status.PASSED}
    broken = criteria_of(report, "colour/cnn")
    assert {c.earned for c in broken} == {0.0}
    assert "SyntaxError" in broken[0].message


def test_the_better_of_two_versions_counts_and_the_other_is_named(graders: dict[str, Grading], tmp_path: Path) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "a_old.py").write_text("class MyConv2d:\n    pass\n")
    (handed_in / "b_new.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    report = graders["cs5370-a4"].grade(handed_in)
    assert {c.status for c in criteria_of(report, "colour/my_conv2d")} == {Status.PASSED}
    assert any("b_new.py" in note and "a_old.py" in note for note in report.notes)


def test_a_crash_in_one_exercise_costs_only_that_exercise(graders: dict[str, Grading], tmp_path: Path) -> None:
    handed_in = tmp_path / "CS01_Assign4"
    handed_in.mkdir()
    (handed_in / "conv.py").write_text(COURSE.exercises["colour/my_conv2d"].reference.read_text())
    (handed_in / "cnn.py").write_text(
        "import ctypes\nfrom torch import nn\n"
        "class CNN(nn.Module):\n    def __init__(self, *sizes):\n        super().__init__()\n"
        "    def forward(self, x):\n        ctypes.string_at(0)\n"
    )
    report = graders["cs5370-a4"].grade(handed_in)
    assert {c.status for c in criteria_of(report, "colour/my_conv2d")} == {Status.PASSED}
    assert "signal 11" in criteria_of(report, "colour/cnn")[0].message
