"""Which assignment a submission is for: metadata, archive name, files, defined names, in this order."""

import shutil
from pathlib import Path

import pytest

from grader.course.detect import doubts, find_assignment, path_fits
from grader.course.folder import Course, open_course
from grader.intake.workspace import open_submission
from grader.model.errors import UsageError
from grader.model.submission import Cell, Source, Workspace
from tests.places import ROOT, SAMPLES, TOY


@pytest.fixture(scope="module")
def course() -> Course:
    return open_course(ROOT)


def workspace(
    name: str = "handed-in",
    files: dict[str, set[str]] | None = None,
    assignment: str | None = None,
    data_files: tuple[str, ...] = (),
) -> Workspace:
    """A submission with these files and the names they define."""
    sources = tuple(
        Source(path, "notebook" if path.endswith(".ipynb") else "module", (Cell("", ""),), frozenset(names))
        for path, names in (files or {}).items()
    )
    return Workspace(name, Path("/nowhere"), sources, data_files, assignment)


def test_metadata_comes_before_every_other_sign(course: Course) -> None:
    handed_in = workspace("CS19MTECH11019_Assign4", {"colourization.ipynb": {"CNN"}}, "cse891-hw2")
    assert find_assignment(course, handed_in) == "cse891-hw2"
    told = "graded as cse891-hw2, as its notebook's metadata says; its archive's name speak for cs5370-a4"
    assert doubts(course, handed_in, "cse891-hw2") == (told,)


@pytest.mark.parametrize("name", ["cse891-hw2", "handed-in"])
def test_metadata_that_nothing_speaks_against_is_not_doubted(course: Course, name: str) -> None:
    assert doubts(course, workspace(name, {"unet.py": {"UNet"}}, "cse891-hw2"), "cse891-hw2") == ()


def test_what_the_other_signs_told_is_no_ground_for_doubt(course: Course) -> None:
    assert doubts(course, workspace("CS19MTECH11019_Assign4"), "cs5370-a4") == ()


def test_metadata_of_another_course_is_refused(course: Course) -> None:
    with pytest.raises(
        UsageError, match=r"says assignment 'week-9', which this course has not.*cs5370-a4, csc2516-pa2"
    ):
        find_assignment(course, workspace(assignment="week-9"))


@pytest.mark.parametrize(
    ("name", "assignment"),
    [
        ("CS19MTECH11019_Assign4", "cs5370-a4"),
        ("cs16btech11038_assign4 (1)", "cs5370-a4"),
        ("CS19M001-Assignment-4", "cs5370-a4"),
        ("cs5370-a4-mixed", "cs5370-a4"),
        ("csc321-a2-smith", "csc321-a2"),
        ("CSC321 Assignment 2", "csc321-a2"),
        ("a2", "csc321-a2"),
        ("a2_submission", "csc321-a2"),
        ("csc2516-pa2", "csc2516-pa2"),
        ("CSC 2516 PA #2 smith", "csc2516-pa2"),
        ("PA2-smith", "csc2516-pa2"),
        ("cse891-hw2-smith", "cse891-hw2"),
        ("CSE 891 Homework 2", "cse891-hw2"),
        ("programming-assignment-2-smith", "cse891-hw2"),
        ("Assignment Three", "assignment-three"),
        ("smith_assignment_three", "assignment-three"),
        ("assignment-3", "assignment-three"),
    ],
)
def test_an_archive_name_tells(course: Course, name: str, assignment: str) -> None:
    assert find_assignment(course, workspace(name)) == assignment


@pytest.mark.parametrize(
    "name",
    ["CS19MTECH11019_Assign3", "CS19MTECH11019_Assign41", "cse891-hw3", "hw21", "a21", "csc321-a3", "pa22", "solution"],
)
def test_an_archive_of_another_assignment_does_not(course: Course, name: str) -> None:
    with pytest.raises(UsageError, match="nothing in it tells the assignment"):
        find_assignment(course, workspace(name))


def test_a_folder_in_a_renamed_archive_tells(course: Course) -> None:
    handed_in = workspace("upload (7)", {"CS19B000_Assign4/part 1/colourization.ipynb": {"CNN"}})
    assert find_assignment(course, handed_in) == "cs5370-a4"


def test_the_archive_name_comes_before_its_folders(course: Course) -> None:
    handed_in = workspace("csc2516-pa2", {"CS19B000_Assign4/colourization.ipynb": {"CNN"}})
    assert find_assignment(course, handed_in) == "csc2516-pa2"


@pytest.mark.parametrize(
    ("path", "assignment"),
    [
        ("gan.ipynb", "cs5370-a4"),
        ("code/min-char-rnn.py", "cs5370-a4"),
        ("activations.py", "csc321-a2"),
        ("iou-12345.py", "cse891-hw2"),
        ("homework/losses/iou.py", "cse891-hw2"),
        ("poolupsamplenet-smith.py", "cse891-hw2"),
    ],
)
def test_a_file_tells(course: Course, path: str, assignment: str) -> None:
    assert find_assignment(course, workspace(files={path: set()})) == assignment


def test_the_name_of_the_report_tells(course: Course) -> None:
    handed_in = workspace(files={"colourization.py": {"CNN", "UNet"}}, data_files=("a2-writeup.pdf",))
    assert find_assignment(course, handed_in) == "csc321-a2"


@pytest.mark.parametrize(
    ("names", "assignment"),
    [
        ({"compute_iou_loss"}, "cse891-hw2"),
        ({"SoftIoU", "plot"}, "cse891-hw2"),
        ({"CNN", "UNet", "generator", "discriminator"}, "cs5370-a4"),
        ({"CNN", "UNet", "DilatedUNet"}, "csc321-a2"),
        ({"UNet", "PoolUpsampleNet"}, "cse891-hw2"),
    ],
)
def test_defined_names_tell(course: Course, names: set[str], assignment: str) -> None:
    assert find_assignment(course, workspace(files={"a.py": names})) == assignment


NOTEBOOKS = "assignment-three, cs5370-a4, csc2516-pa2"
GIVEN = {"RegressionCNN", "process", "get_rgb_cat", "get_cat_rgb", "compute_loss", "train", "MyConv2d"}


@pytest.mark.parametrize("names", [{"CNN"}, {"CNN", "UNet"}, {"CNN", "UNet", *GIVEN}])
def test_notebooks_that_three_courses_use_alike_are_not_guessed(course: Course, names: set[str]) -> None:
    handed_in = workspace("work", {"colour_regression.ipynb": set(), "colourization.ipynb": names})
    with pytest.raises(UsageError, match=rf"^work: fits several assignments; name one with --assignment: {NOTEBOOKS}$"):
        find_assignment(course, handed_in)


def test_names_decide_where_files_leave_several(course: Course) -> None:
    handed_in = workspace(files={"colourization.py": {"CNN", "UNet", "MyConv2d", "MyDilatedConv2d"}})
    assert find_assignment(course, handed_in) == "csc321-a2"
    handed_in = workspace(files={"colourization.ipynb": {"CNN"}, "part3.ipynb": {"sample_noise"}})
    assert find_assignment(course, handed_in) == "cs5370-a4"


def test_signs_that_contradict_each_other_leave_both(course: Course) -> None:
    handed_in = workspace("both", {"colourization.ipynb": {"PoolUpsampleNet", "ConvTransposeNet", "SoftIoU"}})
    with pytest.raises(UsageError, match=rf"fits several assignments; .*: {NOTEBOOKS}, cse891-hw2$"):
        find_assignment(course, handed_in)


def test_nothing_that_tells_lists_every_assignment(course: Course) -> None:
    known = ", ".join(course.assignments)
    with pytest.raises(UsageError, match=rf"nothing in it tells .*--assignment \(known: {known}\)$"):
        find_assignment(course, workspace(files={"main.py": {"plot"}}))


def test_the_only_assignment_of_a_course_needs_no_sign() -> None:
    assert find_assignment(open_course(TOY), workspace()) == "week-1"


def test_a_course_without_assignments_says_so(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "course")
    (tmp_path / "course" / "rubrics" / "week-1.toml").unlink()
    with pytest.raises(UsageError, match=r"known: none"):
        find_assignment(open_course(tmp_path / "course"), workspace())


@pytest.mark.parametrize(
    ("sample", "assignment"),
    [
        ("cs5370-a4-full", "cs5370-a4"),
        ("cs5370-a4-mixed", "cs5370-a4"),
        ("cs5370-a4-untouched", "cs5370-a4"),
        ("cse891-hw2-full", "cse891-hw2"),
    ],
)
def test_every_sample_that_can_be_told_is_told(course: Course, tmp_path: Path, sample: str, assignment: str) -> None:
    shutil.copy(SAMPLES / f"{sample}.zip", tmp_path / "handed-in.zip")  # so that only the content tells
    (tmp_path / "scratch").mkdir()
    assert find_assignment(course, open_submission(tmp_path / "handed-in.zip", tmp_path / "scratch")) == assignment


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("a/b/losses/iou.py", "losses/iou.py", True),
        ("LOSSES/IoU.py", "losses/iou.py", True),
        ("iou.py", "losses/iou.py", False),
        ("my_losses/iou.py", "losses/iou.py", False),
        ("src/unet-1.py", "unet-*.py", True),
        ("unet-1/other.py", "unet-*.py", False),
    ],
)
def test_a_pattern_fits_the_end_of_a_path(path: str, pattern: str, fits: bool) -> None:
    assert path_fits(path, pattern) is fits
