"""The rubrics: marks, parts and guides of each assignment; and the samples made for them."""

import importlib.util
import zipfile
from types import ModuleType

import pytest

from grader.course.fixtures import read_fixture
from grader.course.folder import open_course
from grader.model.assignment import AssignmentRubric, LatePolicy, Part
from tests.places import ROOT, SAMPLES

COURSE = open_course(ROOT)

WANTED_MARKS = {"cs5370-a4": 50, "csc321-a2": 10, "csc2516-pa2": 100, "cse891-hw2": 10, "assignment-three": 100}
WANTED_SECTIONS = {
    "cs5370-a4": {
        "1": 27, "1.1": 5, "1.2": 4, "1.3": 6, "1.4": 4, "1.5": 3, "1.6": 5,
        "2": 13, "2.1": 4, "2.2": 4,
        "3": 10,
    },
    "csc321-a2": {"A": 2, "B": 2, "C": 3, "D": 1, "E": 1, "F": 1},
    "csc2516-pa2": {"A": 20, "B": 16, "C": 26, "D": 14, "E": 12, "F": 12},
    "cse891-hw2": {"1": 6, "1.1": 2, "1.2": 3, "1.3": 1, "2": 4, "2.1": 2, "2.2": 2},
    "assignment-three": {"1": 28, "2": 30, "3": 22, "4": 10, "5": 10},
}  # fmt: skip
WANTED_PARTS = {
    "cs5370-a4": {
        "1.1(a)": 1, "1.1(b)": 1, "1.1(c)": 1, "1.1(d)": 1, "1.1(e)": 1,
        "1.2(a)": 2, "1.2(b)": 2,
        "1.3(a)": 2, "1.3(b)": 3, "1.3(c)": 1,
        "1.4(a)": 1, "1.4(b)": 3,
        "1.5(a)": 1, "1.5(b)": 1, "1.5(c)": 1,
        "1.6(a)": 2, "1.6(b)": 1, "1.6(c)": 1, "1.6(d)": 1,
        "2.1(code)": 2, "2.1(report)": 2, "2.2(code)": 2, "2.2(report)": 2, "2.3": 3, "2.4": 2,
        "3(code)": 7, "3(inline)": 3,
    },
    "csc321-a2": {
        "A.1": 0.5, "A.2": 0.5, "A.3": 0.5, "A.4": 0.5, "B.1": 1, "B.2": 1, "C.1": 1, "C.2": 1, "C.3": 1,
        "D.1": 0.5, "D.2": 0.5, "E.1": 0.5, "E.2": 0.5, "F.1": 0.5, "F.2": 0.5, "G": 1,
    },
}  # fmt: skip
WANTED_ITEMS = {
    "cs5370-a4": {
        ("1.1(a)", "answers/regression_layers"): 1,
        ("1.1(b)", "answers/epochs"): 0.5,
        ("1.2(a)", "colour/cnn"): 1.5,
        ("1.2(a)", "colour/my_conv2d"): 0.5,
        ("1.3(a)", "colour/unet"): 2,
        ("1.4(a)", "answers/resolution"): 1,
        ("1.6(b)", "answers/order_of_relu_and_pool"): 0.5,
        ("2.1(code)", "char_rnn/sample"): 2,
        ("2.2(code)", "char_rnn/complete"): 2,
        ("2.3", "char_rnn/colon_weights"): 2,
        ("2.4", "char_rnn/own_behaviour"): 1,
        ("3(code)", "gan/sample_noise"): 0.5,
        ("3(code)", "gan/discriminator"): 1,
        ("3(code)", "gan/generator"): 1,
        ("3(code)", "gan/gan_loss"): 1,
        ("3(code)", "gan/optimizer"): 0.5,
        ("3(code)", "gan/run_a_gan"): 0.5,
        ("3(code)", "gan/ls_loss"): 0.5,
        ("3(code)", "gan/dc_classifier"): 1,
        ("3(code)", "gan/dc_generator"): 1,
        ("3(inline)", "answers/minimax"): 1,
    },
    "csc321-a2": {
        ("A.1", "answers/regression_layers"): 0.5,
        ("B.1", "colour/cnn"): 1,
        ("C.1", "colour/unet"): 1,
        ("D.1", "answers/weights_and_fields"): 0.5,
        ("G", "colour/my_dilated_conv2d"): 0.5,
        ("G", "colour/dilated_unet"): 0.25,
    },
    "csc2516-pa2": {
        ("A.1", "answers/regression_layers"): 4,
        ("A.2", "answers/epochs"): 2,
        ("B.1", "colour/cnn"): 10,
        ("C.1", "colour/unet"): 10,
        ("D.1", "answers/resolution"): 4,
        ("F.2", "answers/order_of_relu_and_pool"): 2,
    },
    "cse891-hw2": {
        ("1.1.1", "colour/pool_upsample_net"): 1,
        ("1.1.3", "answers/pool_net_counts"): 0.5,
        ("1.2.1", "colour/conv_transpose_net"): 1,
        ("1.2.4", "answers/kernel_padding"): 0.5,
        ("1.3.1", "colour/unet_transpose"): 0.5,
        ("2.1(a)", "segmentation/deeplab_head"): 1,
        ("2.2(loss)", "segmentation/iou_loss"): 1,
    },
    "assignment-three": {
        ("1.1", "colour/regression_cnn"): 7,
        ("1.1", "colour/process"): 3,
        ("1.2", "answers/regression_layers"): 4,
        ("1.3", "answers/epochs"): 2,
        ("2.1", "colour/cnn"): 9,
        ("2.1", "colour/my_conv2d"): 3,
        ("2.1", "colour/colour_labels"): 3,
        ("2.1", "colour/training"): 3,
        ("3.1", "colour/unet"): 10,
    },
}


def rubric(assignment: str) -> AssignmentRubric:
    return COURSE.assignment(assignment)


def test_the_course_has_these_assignments() -> None:
    assert sorted(COURSE.assignments) == sorted(WANTED_MARKS)


@pytest.mark.parametrize("assignment", WANTED_SECTIONS)
def test_sections_have_the_marks_of_the_assignment(assignment: str) -> None:
    assert {section.id: section.marks for section in rubric(assignment).sections} == WANTED_SECTIONS[assignment]


@pytest.mark.parametrize("assignment", WANTED_MARKS)
def test_every_part_lies_in_a_section_of_the_whole_but_the_bonus(assignment: str) -> None:
    found = rubric(assignment)
    assert found.marks == WANTED_MARKS[assignment]
    chapters = [section for section in found.sections if "." not in section.id]
    assert sum(section.marks for section in chapters) == found.marks
    assert [p.id for p in found.parts if sum(c.holds(p) for c in chapters) != (not p.bonus)] == []


@pytest.mark.parametrize("assignment", WANTED_PARTS)
def test_every_question_has_its_marks(assignment: str) -> None:
    assert {part.id: part.marks for part in rubric(assignment).parts} == WANTED_PARTS[assignment]


@pytest.mark.parametrize("assignment", WANTED_ITEMS)
def test_exercises_decide_these_marks_and_a_person_the_rest(assignment: str) -> None:
    found = rubric(assignment)
    items = {(part.id, item.exercise): item.marks for part in found.parts for item in part.items}
    assert items == WANTED_ITEMS[assignment]
    pending = sum(part.person_marks for part in found.parts)
    assert pending == pytest.approx(found.marks + found.bonus - sum(items.values()))


def test_every_exercise_has_marks_somewhere() -> None:
    marked = {id_ for found in COURSE.assignments.values() for id_ in found.exercises}
    assert set(COURSE.exercises) - marked == set()


@pytest.mark.parametrize("assignment", WANTED_MARKS)
def test_what_a_person_marks_has_a_guide(assignment: str) -> None:
    def may_need_a_person(part: Part) -> bool:  # written answers do where no answers.toml was handed in
        kinds = {COURSE.exercise(item.exercise).rubric.kind for item in part.items}
        return part.person_marks > 0 or "answers" in kinds

    parts = rubric(assignment).parts
    assert {part.id: bool(part.guide) for part in parts} == {part.id: may_need_a_person(part) for part in parts}


def test_only_one_assignment_has_a_bonus_and_only_one_gives_letters() -> None:
    assert {id_: found.bonus for id_, found in COURSE.assignments.items() if found.bonus} == {"csc321-a2": 1}
    letters = {id_: "".join(found.letters) for id_, found in COURSE.assignments.items() if found.letters}
    assert letters == {"csc2516-pa2": "ABCDF"}


def test_lateness_costs_a_tenth_a_day_after_seven_days_of_grace() -> None:
    late = {id_: found.late for id_, found in COURSE.assignments.items() if found.late}
    assert late == {"cs5370-a4": LatePolicy(percent_a_day=10, grace_days=7, grace_is_automatic=True, due=None)}


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
