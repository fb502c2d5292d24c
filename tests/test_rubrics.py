"""The shipped rubrics: marks, parts and guides of each assignment; and the samples made for them."""

import importlib.util
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from grader.course.fixtures import read_fixture
from grader.course.folder import open_course
from grader.model.rubric import AssignmentRubric

HERE = Path(__file__).resolve().parent
COURSE = open_course(HERE.parent)
SAMPLES = HERE / "submissions"

WANTED_SECTIONS = {
    "cs5370-a4": {
        "1": 27, "1.1": 5, "1.2": 4, "1.3": 6, "1.4": 4, "1.5": 3, "1.6": 5,
        "2": 13, "2.1": 4, "2.2": 4,
        "3": 10,
    },
    "cse891-hw2": {"1": 6, "1.1": 2, "1.2": 3, "1.3": 1, "2": 4, "2.1": 2, "2.2": 2},
}  # fmt: skip
WANTED_ITEMS = {
    "cs5370-a4": {
        ("1.2(a)", "colour/cnn"): 1.5,
        ("1.2(a)", "colour/my_conv2d"): 0.5,
        ("1.3(a)", "colour/unet"): 2,
    },
    "cse891-hw2": {("2.2(loss)", "segmentation/iou_loss"): 1},
}


def rubric(assignment: str) -> AssignmentRubric:
    return COURSE.assignment(assignment)


@pytest.mark.parametrize("assignment", WANTED_SECTIONS)
def test_sections_have_the_marks_of_the_assignment(assignment: str) -> None:
    assert {section.id: section.marks for section in rubric(assignment).sections} == WANTED_SECTIONS[assignment]


@pytest.mark.parametrize(("assignment", "marks"), [("cs5370-a4", 50), ("cse891-hw2", 10)])
def test_every_part_lies_in_a_section_of_the_whole(assignment: str, marks: float) -> None:
    found = rubric(assignment)
    assert found.marks == marks
    chapters = [section for section in found.sections if "." not in section.id]
    assert sum(section.marks for section in chapters) == marks
    assert [part.id for part in found.parts if sum(c.holds(part) for c in chapters) != 1] == []


@pytest.mark.parametrize("assignment", WANTED_ITEMS)
def test_exercises_decide_these_marks_and_a_person_the_rest(assignment: str) -> None:
    found = rubric(assignment)
    items = {(part.id, item.exercise): item.marks for part in found.parts for item in part.items}
    assert items == WANTED_ITEMS[assignment]
    pending = sum(part.person_marks for part in found.parts)
    assert pending == pytest.approx(found.marks - sum(items.values()))


@pytest.mark.parametrize("assignment", WANTED_SECTIONS)
def test_part_ids_are_unique(assignment: str) -> None:
    ids = [part.id for part in rubric(assignment).parts]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("exercise", sorted(COURSE.exercises))
def test_every_criterion_has_recorded_cases(exercise: str) -> None:
    found = COURSE.exercise(exercise)
    named = {case for criterion in found.rubric.criteria for case in criterion.cases}
    for which in ("public", "hidden"):
        assert named - {case.name for case in read_fixture(found, which).cases} == set()


@pytest.mark.parametrize("exercise", sorted(COURSE.exercises))
def test_every_exercise_has_solutions_and_known_mistakes(exercise: str) -> None:
    found = COURSE.exercise(exercise)
    assert found.reference.is_file()
    assert len(found.wheats) >= 2
    assert len(found.chaffs) >= 5


def make_samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_samples", SAMPLES / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_committed_samples_are_what_their_script_makes() -> None:
    made = make_samples().samples()
    assert {path.name for path in SAMPLES.glob("*.zip")} == set(made)
    for name, files in made.items():
        with zipfile.ZipFile(SAMPLES / name) as archive:
            assert {entry: archive.read(entry) for entry in archive.namelist()} == files
