"""`grader.check` in a living process: the words of grading, nothing left changed, one line for a wrong call."""

import random
import sys
from types import ModuleType

import numpy as np
import pytest
import torch
from markupsafe import escape
from torch import nn

import grader
from grader.model.errors import CourseError, UsageError
from grader.model.report import Status
from tests.places import ROOT

COURSE = ROOT


class MyConv2d(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, padding: int | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.padding = kernel_size // 2 if padding is None else padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(x, self.weight, self.bias, padding=self.padding)


class NoBias(MyConv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(x, self.weight, None, padding=self.padding)


class Raises(MyConv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("<b>not yet</b>")


def test_right_work_passes() -> None:
    checked = grader.check("colour/my_conv2d", MyConv2d, COURSE)
    assert checked.passed
    assert "✗" not in repr(checked)
    assert checked.report.score == checked.report.possible


def test_wrong_work_is_told_what_is_wrong_and_what_to_do() -> None:
    checked = grader.check("colour/my_conv2d", NoBias, COURSE)
    assert not checked.passed
    found = {c.id: c for c in checked.report.parts[0].criteria}
    assert found["values"].status is Status.FAILED
    assert "expected" in found["values"].message
    assert "bias" in found["values"].hint
    html = checked._repr_html_()
    assert escape(found["values"].hint) in html
    assert html.count("<tr>") == 1 + len(found)


def test_an_error_is_located_in_the_students_own_code() -> None:
    checked = grader.check("colour/my_conv2d", Raises, COURSE)
    message = checked.report.parts[0].criteria[0].message
    assert "raised RuntimeError: <b>not yet</b>, at test_live.py, line" in message
    assert "in forward" in message
    assert "<b>not yet</b>" not in checked._repr_html_()
    assert "&lt;b&gt;not yet&lt;/b&gt;" in checked._repr_html_()


def test_the_notebooks_random_numbers_stay_as_they_were() -> None:
    def draw() -> tuple[float, float, float]:
        return float(torch.rand(())), float(np.random.rand()), random.random()

    def seed() -> None:
        torch.manual_seed(1)
        np.random.seed(1)
        random.seed(1)

    seed()
    untouched = draw()
    seed()
    grader.check("colour/my_conv2d", MyConv2d, COURSE)
    assert draw() == untouched


def test_a_fault_of_another_exercise_is_not_charged_here(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (COURSE / "solutions/colour/cnn/reference.py").read_text()
    notebook = ModuleType("a_students_notebook")
    monkeypatch.setitem(sys.modules, notebook.__name__, notebook)
    vars(notebook)["MyConv2d"] = NoBias
    exec(compile(source, "notebook", "exec"), vars(notebook))
    vars(notebook)["MyConv2d"] = NoBias  # whatever the file itself brings along
    checked = grader.check("colour/cnn", vars(notebook)["CNN"], COURSE)
    assert checked.passed
    assert "with a correct MyConv2d in place of yours" in " ".join(checked.report.notes)
    assert vars(notebook)["MyConv2d"] is NoBias


@pytest.mark.parametrize(
    ("id_", "entry", "message"),
    [
        ("colour/my_conv", MyConv2d, "did you mean 'colour/my_conv2d'?"),
        ("colour/my_conv2d", MyConv2d(1, 1, 3), "give MyConv2d itself, not an object of MyConv2d"),
        ("colour/my_conv2d", 3, "give MyConv2d itself, not 3"),
    ],
)
def test_a_wrong_call_is_told_so_in_one_line(id_: str, entry: object, message: str) -> None:
    with pytest.raises(UsageError, match="colour/my_conv") as raised:
        grader.check(id_, entry, COURSE)
    assert message in str(raised.value)
    (line,) = raised.value._render_traceback_()
    assert line.startswith(("UsageError: ", "CourseError: "))
    assert issubclass(CourseError, UsageError)
