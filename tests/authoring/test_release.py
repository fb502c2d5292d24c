"""A release: the bundle that students get, and their check in it with nothing else at hand."""

import io
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from grader import check
from grader.authoring.handout.handout import render_solved
from grader.authoring.handout.release import write_release
from grader.course.fixtures import read_fixture
from grader.course.folder import Course, find_course, open_course
from grader.grading.in_process import load_module, load_probe
from grader.grading.selfcheck import checking
from grader.judge.verdicts import judge_exercise
from grader.loading.course_material import course_files
from grader.model.assignment import AssignmentRubric
from grader.model.errors import OutputError
from grader.model.report import Status, Verdict
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
    assert not [name for name in names if name.endswith(("given.py", "oracle.py"))]  # these solve exercises
    assert [name for name in names if name.startswith("grader-") and name.endswith("-py3-none-any.whl")]
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


def test_probes_come_without_what_draws_their_cases_and_so_do_what_they_share(bundle: Path) -> None:
    """The sampler's own mathematics, to begin with."""
    with zipfile.ZipFile(bundle) as archive:
        released = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")}
    sample, shared = (
        released[f"cs5370-a4/.course/fixtures/char_rnn/{name}.py"] for name in ("sample/probe", "probing")
    )
    for text, kept, dropped in (
        (sample, ("def probe(", "def draw("), ("def cases(", "babble", "chances")),
        (shared, ("class Drawing", "def call_with("), ("written_by", "handed_out", "tanh")),
    ):
        assert [words for words in kept if words not in text] == []
        assert [words for words in dropped if words in text] == []


def chaff_in_release(release: Course, name: str) -> dict[str, Verdict]:
    """How one of the sampler's known mistakes is judged by the public cases of a release."""
    exercise = release.exercise("char_rnn/sample")
    fixture, probe = read_fixture(exercise, "public"), load_probe(exercise)
    path = ROOT / "solutions/char_rnn/sample" / name
    torch.manual_seed(1)
    np.random.seed(1)
    with course_files(exercise.data):
        entry = vars(load_module(path, name, {}))["sample"]
    seen = {case.name: probe.observe(entry, case, torch.float32, str(path)) for case in fixture.cases}
    return {verdict.criterion: verdict for verdict in judge_exercise(exercise.rubric, fixture, seen).verdicts}


@pytest.mark.parametrize(
    ("name", "criterion", "words"),
    [
        ("chaffs/alpha_divides.py", "alpha", "The logits are divided by alpha."),
        ("chaffs/alpha_ignored.py", "alpha", ""),
        ("chaffs/reseeded.py", "calls", ""),
        ("chaffs/state_ignored.py", "start", ""),
        ("chaffs/argmax.py", "calls", ""),
    ],
)
def test_a_release_tells_mistakes_of_draws_by_a_record_of_how_they_begin(
    bundle: Path, tmp_path: Path, name: str, criterion: str, words: str
) -> None:
    zipfile.ZipFile(bundle).extractall(tmp_path)
    release = open_course(tmp_path / "cs5370-a4" / ".course")
    assert {verdict.status for verdict in chaff_in_release(release, "reference.py").values()} == {Status.PASSED}
    verdict = chaff_in_release(release, name)[criterion]
    assert verdict.status is Status.FAILED
    assert words in verdict.hint


def test_what_the_record_cannot_tell_is_said(bundle: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(bundle).extractall(tmp_path)
    (tmp_path / "min_char_rnn.ipynb").write_text(render_solved(COURSE, "cs5370-a4")["min_char_rnn.ipynb"])
    release = open_course(tmp_path / "cs5370-a4" / ".course")
    with checking(release, ["char_rnn/sample"]) as check_path:
        report = check_path(tmp_path / "min_char_rnn.ipynb")
    assert report.score == report.possible
    told_later = "told when it is graded, as the public cases show too little: each character is drawn with"
    assert any(told_later in note for note in report.notes)


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
