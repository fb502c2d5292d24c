"""A fault of the course's own code costs nothing, says so with its line, and takes nothing else with it."""

import shutil
from pathlib import Path

import pytest

from grader.authoring.record.fixtures import build_fixtures
from grader.course.folder import open_course
from grader.grading.line import Grading
from grader.grading.live import check_live
from grader.model.errors import CourseError
from grader.model.report import Report, Status
from tests.places import TOY

RIGHT = "import torch\n\ndef gelu(x):\n    return 0.5 * x * (1 + torch.erf(x / 2 ** 0.5))\n"
RETURNS_NOTHING = "def gelu(x):\n    x + 1\n"
RAISES = "def gelu(x):\n    raise KeyError('theirs')\n"
FAULTS = {
    "at the top": ("import torch\n", "import torch\nimport not_installed_anywhere\n"),
    "before the call": ("def probe(entry, case, see):\n", "def probe(entry, case, see):\n    case['nowhere']\n"),
    "after the call": ('see.tensor("output"', 'raise RuntimeError("ours")\n    see.tensor("output"'),
}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "course"))


def spoil(root: Path, fault: str) -> int:
    """Put the fault into the recorded probe; the line that it is in."""
    probe = root / "fixtures/activations/gelu/probe.py"
    text = probe.read_text(encoding="utf-8")
    before, after = FAULTS[fault]
    assert before in text
    probe.write_text(text.replace(before, after, 1), encoding="utf-8")
    wrong = next(part for part in after.splitlines() if part not in before)
    return next(n for n, line in enumerate(probe.read_text().splitlines(), start=1) if wrong.strip() in line)


def graded(root: Path, folder: Path, text: str) -> Report:
    (folder / "activations.py").write_text(text)
    with Grading(open_course(root), device="cpu", stale_ok=True) as grading:
        return grading.grade(folder / "activations.py")


@pytest.mark.linux_sandbox
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("text", [RIGHT, RETURNS_NOTHING], ids=["right", "returns nothing"])
def test_a_probe_that_fails_by_itself_costs_nothing_and_is_named(
    toy: Path, tmp_path: Path, fault: str, text: str
) -> None:
    line = spoil(toy, fault)
    report = graded(toy, tmp_path, text)
    criteria = [c for part in report.parts for c in part.criteria if c.exercise]
    assert {c.status for c in criteria} == {Status.GRADER_ERROR}
    assert report.pending == report.possible
    told = f"at fixtures/activations/gelu/probe.py, line {line}"
    assert told in criteria[0].message
    assert "the grader failed here, not your code" in criteria[0].message


@pytest.mark.linux_sandbox
def test_an_error_in_the_students_code_is_the_students_whatever_its_type(toy: Path, tmp_path: Path) -> None:
    criteria = graded(toy, tmp_path, RAISES).parts[0].criteria
    assert criteria[0].status is Status.FAILED
    assert "raised KeyError: 'theirs', at activations.py, line 2, in gelu" in criteria[0].message


@pytest.mark.linux_sandbox
def test_what_a_students_code_gave_is_the_students_too(toy: Path, tmp_path: Path) -> None:
    probe = toy / "fixtures/activations/gelu/probe.py"
    text = probe.read_text(encoding="utf-8")
    probe.write_text(text.replace('see.tensor("output"', 'entry(case["x"]).sum()\n    see.tensor("output"', 1))
    criteria = graded(toy, tmp_path, "def gelu(x):\n    return 'text'\n").parts[0].criteria
    assert criteria[0].status is Status.FAILED
    assert "raised AttributeError: 'str' object has no attribute 'sum'" in criteria[0].message


def test_the_check_in_a_notebook_tells_a_fault_of_ours_as_ours(toy: Path, tmp_path: Path) -> None:
    """One that shows only on this student's work, so that it was not met when the fixtures were recorded."""
    probe = toy / "fixtures/activations/gelu/probe.py"
    guarded = "def probe(entry, case, see):\n    if entry.__name__ == 'mine':\n        case['nowhere']\n"
    probe.write_text(probe.read_text().replace("def probe(entry, case, see):\n", guarded))
    build_fixtures(open_course(toy))
    names: dict[str, object] = {"__name__": "notebook"}
    exec(compile(RIGHT.replace("gelu", "mine"), "cell", "exec"), names)
    criteria = check_live("activations/gelu", names["mine"], toy).parts[0].criteria
    assert {c.status for c in criteria} == {Status.GRADER_ERROR}
    assert "KeyError: 'nowhere', at fixtures/activations/gelu/probe.py, line 16" in criteria[0].message


def test_a_probe_that_fails_on_the_solution_is_not_recorded(toy: Path) -> None:
    spoil(toy, "after the call")
    with pytest.raises(CourseError, match=r"the probe failed: RuntimeError: ours, at .*probe\.py, line \d+ in float64"):
        build_fixtures(open_course(toy))


def test_a_probe_that_fails_by_itself_on_a_chaff_is_not_recorded(toy: Path) -> None:
    probe = toy / "fixtures/activations/gelu/probe.py"
    guarded = "def probe(entry, case, see):\n    if 'chaffs' in entry.__code__.co_filename:\n        case['nowhere']\n"
    probe.write_text(probe.read_text().replace("def probe(entry, case, see):\n", guarded))
    with pytest.raises(CourseError, match=r"the probe failed: KeyError: 'nowhere'.* on a chaff; guard the probe"):
        build_fixtures(open_course(toy))
