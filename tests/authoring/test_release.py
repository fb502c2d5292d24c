"""A release: the bundle that students get, and their check in it with nothing else at hand."""

import io
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from torch import nn

from grader import check
from grader.authoring.handout.release import write_release
from grader.course.folder import find_course, open_course
from grader.model.assignment import AssignmentRubric
from grader.model.errors import OutputError
from tests.places import ROOT, TOY

COURSE = find_course(ROOT, ROOT)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "assignment.zip"
    write_release(COURSE, "cs5370-a4", path)
    return path


def test_it_holds_handout_and_public_cases_and_nothing_that_gives_an_answer_away(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        names = {name.removeprefix("cs5370-a4/") for name in archive.namelist()}
        content = b"".join(archive.read(name) for name in archive.namelist())
    handout = ROOT / "handout" / "cs5370-a4"
    assert {p.relative_to(handout).as_posix() for p in handout.rglob("*") if p.is_file()} <= names
    assert ".course/fixtures/colour/unet/public.safetensors" in names
    assert ".course/rubrics/colour/unet.toml" in names
    assert {".course/fixtures/colour/probing.py", ".course/fixtures/colour/unet/probe.py"} <= names
    assert not [name for name in names if name.endswith("given.py")]  # these solve other exercises
    assert not [name for name in names if "hidden" in name or "solutions" in name]
    rubrics = [name for name in names if name.startswith(".course/rubrics/")]
    assert [name for name in rubrics if name.count("/") == 2] == [".course/rubrics/cs5370-a4.toml"]
    assert b"hidden" not in b"".join(line for line in content.splitlines() if b"sha256" in line)


def test_the_same_course_gives_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    write_release(COURSE, "cs5370-a4", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_its_rubric_has_marks_and_no_word_on_how_a_person_marks(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        text = archive.read("cs5370-a4/.course/rubrics/cs5370-a4.toml").decode()
    rubric, whole = AssignmentRubric.model_validate(tomllib.loads(text)), COURSE.assignment("cs5370-a4")
    kept = [(part.id, part.title, part.marks, part.bonus, part.items) for part in rubric.parts]
    assert kept == [(part.id, part.title, part.marks, part.bonus, part.items) for part in whole.parts]
    assert {part.guide for part in rubric.parts} == {"", "Marked after the hand-in."}
    assert not [part.guide for part in whole.parts if part.guide and part.guide in text]
    assert set(tomllib.loads(text)) == {"title", "marks", "parts"}


def test_an_exercise_that_is_not_released_is_marked_later(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(TOY, course)
    rubric = course / "rubrics/activations/gelu.toml"
    rubric.write_text(rubric.read_text().replace("entry =", "released = false\nentry =", 1))
    write_release(open_course(course), "week-1", tmp_path / "week-1.zip")
    zipfile.ZipFile(tmp_path / "week-1.zip").extractall(tmp_path)
    (tmp_path / "week-1/.course/fixtures").mkdir(exist_ok=True)
    released = find_course(None, tmp_path / "week-1")
    assert not released.exercises
    assert [part.items for part in released.assignment("week-1").parts if part.items] == []


def test_its_course_has_every_exercise_and_its_own_assignment_alone(bundle: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(bundle).extractall(tmp_path)
    course = find_course(None, tmp_path / "cs5370-a4")
    assert course.root == tmp_path / "cs5370-a4" / ".course"
    assert set(course.exercises) == set(COURSE.assignment("cs5370-a4").exercises)
    assert list(course.assignments) == ["cs5370-a4"]
    assert open_course(course.root).exercise("colour/unet").rubric.title == "Colourization: UNet"


def test_an_untouched_handout_was_not_attempted(bundle: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(bundle).extractall(tmp_path)
    command = [str(Path(sys.executable).with_name("grade")), "check", "colour/unet"]
    done = subprocess.run(command, cwd=tmp_path / "cs5370-a4", capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    assert "not attempted" in done.stdout
    assert "score  0 of 2 marks graded here" in done.stdout


def test_without_stand_ins_a_check_goes_on_and_says_what_the_exercise_builds_on(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipfile.ZipFile(bundle).extractall(tmp_path)
    notebook = ModuleType("a_students_notebook")
    monkeypatch.setitem(sys.modules, notebook.__name__, notebook)
    exec((ROOT / "solutions/colour/cnn/reference.py").read_text("utf-8"), vars(notebook))
    release = tmp_path / "cs5370-a4" / ".course"
    right = check("colour/cnn", vars(notebook)["CNN"], release)
    assert right.passed
    assert "builds on" not in " ".join(right.report.notes)

    vars(notebook)["MyConv2d"] = NoBias
    wrong = check("colour/cnn", vars(notebook)["CNN"], release)
    assert not wrong.passed
    advice = "it builds on MyConv2d, and a fault there shows here too; check that first"
    assert f"Colourization: CNN: {advice}" in wrong.report.notes


class NoBias(nn.Conv2d):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size, padding=kernel_size // 2, bias=False)


def test_a_place_that_cannot_be_written_is_named_and_nothing_left(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no folder/a\.zip: cannot be written \(No such file or directory\)"):
        write_release(COURSE, "cs5370-a4", tmp_path / "no folder" / "a.zip")
    assert not list(tmp_path.iterdir())


def test_what_is_written_is_a_zip_any_reader_opens(bundle: Path) -> None:
    assert zipfile.ZipFile(io.BytesIO(bundle.read_bytes())).testzip() is None
