"""A student's own check, and an instructor's secret cases."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.classroom.checking import check_exercise
from grader.cli.fixtures import _seed
from grader.course.folder import Course, find_course
from grader.model.errors import UsageError
from grader.model.verdict import Status

COURSE = find_course(Path(__file__).parents[1], Path(__file__).parent)
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
