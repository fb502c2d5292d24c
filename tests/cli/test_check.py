"""A student's own check, and an instructor's secret cases."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner

from grader.authoring.handout.release import write_release
from grader.cli.fixtures import _seed
from grader.course.folder import Course, find_course, open_course
from grader.grading.pytest_items import TEST_FILE
from grader.grading.selfcheck import checking, self_check
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.errors import UsageError
from grader.model.report import Report, Status
from tests.builders import without_course
from tests.places import ROOT, TOY

COURSE = find_course(ROOT, ROOT)
WORK = """
import torch
from torch import nn

class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.padding = kernel_size // 2 if padding is None else padding

    def forward(self, x):
        return nn.functional.conv2d(x, self.weight, self.bias, padding={padding})
"""


def check_exercise(course: Course, id_: str, path: Path, case: str | None = None) -> Report:
    with checking(course, [id_], case) as check:
        return check(path)


@pytest.fixture
def course() -> Course:
    return COURSE


def written(folder: Path, padding: str) -> Path:
    path = folder / "colourization.py"
    path.write_text(WORK.format(padding=padding))
    return path


def test_right_work_passes_every_criterion(course: Course, tmp_path: Path) -> None:
    report = check_exercise(course, "colour/my_conv2d", written(tmp_path, "self.padding"))
    assert {criterion.status for criterion in report.parts[0].criteria} == {Status.PASSED}
    assert report.score == report.possible
    assert report.isolation == "none"


def test_one_case_shows_only_the_criteria_that_look_at_it(course: Course, tmp_path: Path) -> None:
    report = check_exercise(course, "colour/my_conv2d", written(tmp_path, "1"), "no padding")
    (criterion,) = report.parts[0].criteria
    assert (criterion.id, criterion.status) == ("padding", Status.FAILED)
    assert criterion.message == 'output has shape [2, 3, 6, 6]; expected [2, 3, 4, 4] (case "no padding")'


def test_an_unknown_case_is_named_with_the_known_ones(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--case 'kernel 7': colour/my_conv2d has no such case; it has 'kernel 3'"):
        check_exercise(course, "colour/my_conv2d", written(tmp_path, "1"), "kernel 7")


def test_a_case_that_no_criterion_looks_at_cannot_be_checked_alone(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "course")
    rubric = tmp_path / "course/rubrics/activations/gelu.toml"
    rubric.write_text(rubric.read_text().replace('check = "', 'cases = ["a row"]\ncheck = "'))
    course = open_course(tmp_path / "course")
    assert self_check(course, ["activations/gelu"], case="a row").rubric.marks == 2
    with pytest.raises(UsageError, match=r"--case 'three axes': activations/gelu has no such case; it has 'a row'$"):
        self_check(course, ["activations/gelu"], case="three axes")


def test_every_reproduce_line_of_a_report_is_a_case_that_can_be_checked(course: Course, tmp_path: Path) -> None:
    work = written(tmp_path, "1")
    whole = check_exercise(course, "colour/my_conv2d", work)
    (line,) = {c.reproduce for c in whole.parts[0].criteria if c.id == "padding"}
    exercise, _, case = line.removeprefix("grade check ").partition(" --case ")
    again = check_exercise(course, exercise, work, case.strip('"'))
    assert "failed" in {criterion.status for criterion in again.parts[0].criteria}


def test_a_secret_gives_each_exercise_cases_of_its_own(tmp_path: Path) -> None:
    secret, other = tmp_path / "secret", tmp_path / "other"
    secret.write_bytes(b"0123456789abcdef")
    other.write_bytes(b"0123456789abcdeg")
    assert _seed(secret, "colour/cnn") == _seed(secret, "colour/cnn")
    assert len({_seed(secret, "colour/cnn"), _seed(secret, "colour/unet"), _seed(other, "colour/cnn")}) == 3
    assert _seed(None, "colour/cnn") is None


@pytest.mark.parametrize(
    ("content", "message"), [(None, "cannot be read"), (b"guess me", "has 8 bytes, which can be guessed")]
)
def test_a_secret_that_is_none_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    from grader.cli.app import app

    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    result = CliRunner().invoke(app, ["fixtures", "build", "colour/cnn", "--secret", str(secret)])
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("grade")), "check", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100)


def release(folder: Path) -> Path:
    """A folder as a student has it: work, and the public cases of one exercise in .course/."""
    (folder / ".course" / "rubrics" / "colour").mkdir(parents=True)
    shutil.copy(COURSE.root / "rubrics/colour/my_conv2d.toml", folder / ".course/rubrics/colour")
    public = folder / ".course/fixtures/colour/my_conv2d"
    public.mkdir(parents=True)
    shutil.copy(COURSE.root / "fixtures/colour/probing.py", public.parent)
    for name in ("probe.py", "public.safetensors", "manifest.toml"):
        shutil.copy(COURSE.exercise("colour/my_conv2d").fixtures / name, public)
    return folder


def test_a_release_is_checked_as_a_whole_without_a_word_on_what(tmp_path: Path) -> None:
    written(release(tmp_path), "self.padding")
    done = run(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "MyConv2d: the convolution layer" in done.stdout
    assert "✗" not in done.stdout
    assert "8.5 of 8.5" in done.stdout


SANDBOXED = "not in the folder of a release of yours, so its code runs in the sandbox"


def test_somebody_elses_work_is_checked_in_the_sandbox(tmp_path: Path) -> None:
    """An instructor types the line that a report gives: the code that it runs is a student's."""
    mine, theirs = release(tmp_path / "mine"), tmp_path / "theirs"
    theirs.mkdir()
    canary = tmp_path / "canary"
    canary.write_text("visible")
    for folder in (mine, theirs):
        path = written(folder, "self.padding")
        looks = f"import os\nif os.path.exists({str(canary)!r}):\n    MyConv2d = None\n"
        path.write_text(path.read_text(encoding="utf-8") + looks, encoding="utf-8")
    own, other = run("my_conv2d", cwd=mine), run("my_conv2d", str(theirs), cwd=mine)
    assert SANDBOXED not in own.stdout
    assert "score  0 of 8.5" in own.stdout  # its code sees the file, and spoils itself
    assert without_course(other.stdout).startswith(f"{theirs}: {SANDBOXED}\n")
    assert "8.5 of 8.5" in other.stdout


def test_without_a_release_work_is_checked_in_the_sandbox(tmp_path: Path) -> None:
    path = written(tmp_path, "self.padding")
    done = run("colour/my_conv2d", str(path), "--course", str(ROOT), cwd=tmp_path)
    assert done.stdout.startswith(f"{path}: {SANDBOXED}\n")
    done = run("colour/my_conv2d", str(path), "--isolation", "none", "--course", str(ROOT), cwd=tmp_path)
    assert SANDBOXED not in done.stdout


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="files of another user need root")
def test_a_release_of_another_user_is_not_trusted(tmp_path: Path) -> None:
    path = written(release(tmp_path), "self.padding")
    os.chown(path, 1234, 1234)
    assert SANDBOXED in run("my_conv2d", path.name, cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["colour/my_conv"], "did you mean 'colour/my_conv2d'?"),
        (["work.py"], "work.py: there is no such file, folder or exercise; check the name"),
        ([".", ".."], "grade check looks at one path, not at 2: ., .."),
        (["--case", "kernel 3"], "--case NAME needs the one exercise that has the case"),
    ],
)
def test_arguments_that_cannot_be_understood_are_named(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(*arguments, cwd=release(tmp_path))
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_stale_course_is_told_without_an_option_that_a_check_has_not(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "course")
    probe = tmp_path / "course/fixtures/activations/gelu/probe.py"
    probe.write_text(probe.read_text() + "# changed")
    (tmp_path / "activations.py").write_text("def gelu(x):\n    return x\n")
    done = run("activations.py", "--course", "course", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith("since they were recorded; run: grade fixtures build activations/gelu\n")


def test_watching_checks_again_when_a_file_is_saved(tmp_path: Path) -> None:
    work = written(release(tmp_path), "1")
    command = [str(Path(sys.executable).with_name("grade")), "check", "--watch"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = _until_time(process.stdout)
        assert "hint: " in first
        written(tmp_path, "self.padding")
        os.utime(work, (1, 1))  # whatever the clock's resolution, the time has changed
        second = _until_time(process.stdout)
        assert "✗" not in second
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "grade: stopped\n"


def _until_time(stream: IO[str]) -> str:
    """One report: its last line says how long it took."""
    lines = []
    for line in stream:
        lines.append(line)
        if line.startswith("time"):
            break
    return "".join(lines)


def test_plain_pytest_has_a_test_for_each_criterion(tmp_path: Path) -> None:
    written(release(tmp_path), "1")
    (tmp_path / "test_my_work.py").write_text(TEST_FILE)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rf", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert "2 failed, 5 passed" in done.stdout
    assert "colour/my_conv2d::padding" in done.stdout
    assert 'output has shape [2, 3, 6, 6]; expected [2, 3, 4, 4] (case "no padding")' in done.stdout
    assert "hint: " in done.stdout
    assert "Traceback" not in done.stdout


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of an assignment as a student unpacks it, untouched."""
    folder = tmp_path_factory.mktemp("released")
    write_release(COURSE, "csc321-a2", folder / "a2.zip")
    zipfile.ZipFile(folder / "a2.zip").extractall(folder)
    return folder / "csc321-a2"


def decided(exercises: Collection[str], assignment: str) -> float:
    parts = COURSE.assignment(assignment).parts
    return sum(item.marks for part in parts for item in part.items if item.exercise in exercises)


def test_a_release_is_checked_in_the_assignments_marks(released: Path) -> None:
    rubric = COURSE.assignment("csc321-a2")
    with checking(find_course(None, released)) as check:
        report = check(released)
    assert report.assignment == "self-check of csc321-a2"
    assert report.possible + report.bonus == pytest.approx(decided(rubric.exercises, "csc321-a2"))
    assert [part.id for part in report.parts] == [part.id for part in rubric.parts if part.items]
    assert (report.score, report.pending) == (0, 0)


def test_one_exercise_has_the_marks_of_the_assignment_that_has_it(course: Course, tmp_path: Path) -> None:
    id_ = "colour/my_conv2d"
    (tmp_path / "cs01_Assign4").mkdir()
    report = check_exercise(course, id_, written(tmp_path / "cs01_Assign4", "self.padding").parent)
    assert report.assignment == "self-check of cs5370-a4"
    assert report.score == report.possible == pytest.approx(decided([id_], "cs5370-a4"))


def test_one_case_has_the_marks_of_its_criteria(course: Course, tmp_path: Path) -> None:
    work = tmp_path / "cs01_Assign4"
    work.mkdir()
    written(work, "self.padding")
    whole = check_exercise(course, "colour/my_conv2d", work)
    (criterion,) = [c for c in whole.parts[0].criteria if c.id == "padding"]
    report = check_exercise(course, "colour/my_conv2d", work, "no padding")
    assert report.score == report.possible == criterion.possible
    assert report.possible < whole.possible


def test_bonus_marks_alone_are_what_there_is_to_earn() -> None:
    part = Part(id="B", title="More", marks=2, bonus=True, items=(Item(exercise="colour/unet", marks=2),))
    main = Part(id="1", title="Written", marks=3, guide="all or nothing")
    rubric = AssignmentRubric(title="Week", marks=3, parts=(main, part))
    course = Course(COURSE.root, COURSE.exercises, {"week": rubric})
    task = self_check(course, ["colour/unet"])
    assert (task.name, task.rubric.marks, task.rubric.bonus) == ("self-check of week", 2, 0)


def test_where_no_assignment_can_be_told_weights_are_marks(course: Course, tmp_path: Path) -> None:
    several = [id_ for id_, rubric in course.assignments.items() if "colour/my_conv2d" in rubric.exercises]
    assert len(several) > 1
    task = self_check(course, ["colour/my_conv2d"])
    assert (task.name, task.rubric.marks) == ("self-check", 8.5)


def test_a_wrong_rubric_of_an_assignment_is_no_reason_not_to_check_an_exercise(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "course")
    (tmp_path / "course/rubrics/week-2.toml").write_text("nonsense = 1")
    task = self_check(open_course(tmp_path / "course"), ["activations/gelu"])
    assert (task.name, task.rubric.marks) == ("self-check of week-1", 2)


def test_a_short_name_and_a_topic_are_checked(released: Path) -> None:
    exercises = find_course(None, released).exercises
    topic, name = next(iter(exercises)).split("/")
    done = run(name, cwd=released)
    assert (done.returncode, done.stderr) == (0, "")
    assert "self-check of csc321-a2" in done.stdout
    whole = run(topic, "--full", cwd=released)
    assert whole.stdout.count("not attempted") > done.stdout.count("not attempted")
