"""What the original handout gave earns nothing untouched, whatever it looks like; one change makes it the student's."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.course.folder import open_course
from grader.course.review import review_rubrics
from grader.grading.as_given import read_given
from grader.grading.kept_runs import judge_again, read_run, write_run
from grader.grading.line import Grading
from grader.grading.prepared import PreparedCourse
from grader.model.errors import UsageError
from grader.model.report import Report, Status
from grader.model.submission import Cell, Source
from tests.places import TOY

ORIGINAL = '''
import math
import torch


def gelu(x):
    """What the course gave in other years: a whole answer."""
    below = (1 + torch.erf(x / math.sqrt(2))) / 2  # half of it
    return x * below
'''
LOOKS_DIFFERENT = """
import torch, math

# my work
def gelu( x: torch.Tensor ) -> torch.Tensor:
    below: torch.Tensor = ((1 + torch.erf(
        x / math.sqrt(2)))
        / 2)

    return (x * below)
"""
WRITTEN = LOOKS_DIFFERENT.replace("/ 2)", "* 0.5)")
GIVEN = "gelu is as the handout gave it"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "course"))


def work(folder: Path, text: str, name: str = "activations.py") -> Path:
    (folder / "work").mkdir(exist_ok=True)
    (folder / "work" / name).write_text(text)
    return folder / "work"


def graded(course: Path, submission: Path, *handouts: Path) -> Report:
    with Grading(open_course(course), isolation="none", device="cpu", handouts=handouts) as grading:
        return grading.grade(submission)


def statuses(report: Report) -> set[Status]:
    return {c.status for part in report.parts for c in part.criteria if c.exercise}


def as_notebook(*cells: str) -> str:
    return nbformat.writes(new_notebook(cells=[new_code_cell(cell) for cell in cells]))


def original_in(folder: Path, kind: str) -> Path:
    """The original handout in one of the forms that courses have it in."""
    place = folder / "original"
    place.mkdir()
    if kind == "notebook":
        (place / "a.ipynb").write_text(as_notebook("import math, torch", ORIGINAL))
        return place / "a.ipynb"
    (place / "activations.py").write_text(ORIGINAL)
    if kind == "zip":
        with zipfile.ZipFile(folder / "original.zip", "w") as archive:
            archive.write(place / "activations.py", "assignment/activations.py")
        return folder / "original.zip"
    return place if kind == "folder" else place / "activations.py"


@pytest.mark.parametrize("kind", ["module", "notebook", "zip", "folder"])
def test_untouched_it_was_not_attempted_and_the_report_says_so(course: Path, tmp_path: Path, kind: str) -> None:
    original, submission = original_in(tmp_path, kind), work(tmp_path, LOOKS_DIFFERENT)
    assert graded(course, submission).score == 2
    report = graded(course, submission, original)
    assert (report.score, statuses(report)) == (0, {Status.NOT_ATTEMPTED})
    assert all(GIVEN in c.message for part in report.parts for c in part.criteria if c.exercise)
    assert f"activations.py: {GIVEN}: not attempted" in report.notes


def test_one_change_makes_it_the_students_own(course: Path, tmp_path: Path) -> None:
    report = graded(course, work(tmp_path, WRITTEN), original_in(tmp_path, "module"))
    assert (report.score, statuses(report)) == (2, {Status.PASSED})
    assert not [note for note in report.notes if "handout" in note]


@pytest.mark.parametrize("form", ['original = "original/activations.py"', 'original = ["original/activations.py"]'])
def test_the_rubric_names_it(course: Path, tmp_path: Path, form: str) -> None:
    original_in(course, "module")
    rubric = course / "rubrics/week-1.toml"
    rubric.write_text(f"{form}\n{rubric.read_text()}")
    assert review_rubrics(open_course(course), ["week-1"]) == ()
    assert statuses(graded(course, work(tmp_path, LOOKS_DIFFERENT))) == {Status.NOT_ATTEMPTED}
    shutil.rmtree(course / "original")
    missing = "rubrics/week-1.toml: original: original/activations.py: no such file or folder in the course"
    assert review_rubrics(open_course(course), ["week-1"]) == (missing,)
    with pytest.raises(UsageError, match=r"what the handout gave: .*activations\.py: there is no such file or folder"):
        graded(course, work(tmp_path, LOOKS_DIFFERENT))


def test_the_courses_own_handout_is_given_without_being_named(course: Path, tmp_path: Path) -> None:
    stub = "def gelu(x):\n    return x * 0.5\n"  # of a course whose stubs compute something
    (course / "handout/week-1").mkdir(parents=True)
    (course / "handout/week-1/activations.py").write_text(stub)
    report = graded(course, work(tmp_path, stub))
    assert statuses(report) == {Status.NOT_ATTEMPTED}
    assert Status.FAILED in statuses(graded(course, work(tmp_path, stub.replace("0.5", "0.25"))))


def test_a_kept_run_keeps_it(course: Path, tmp_path: Path) -> None:
    original = original_in(tmp_path, "module")
    with Grading(open_course(course), isolation="none", device="cpu", handouts=[original]) as grading:
        run, report = grading.observe_and_judge(work(tmp_path, LOOKS_DIFFERENT))
    again, unobserved = judge_again(read_run(write_run(run, tmp_path / "runs")), PreparedCourse(open_course(course)))
    assert not unobserved
    assert statuses(again) == {Status.NOT_ATTEMPTED}
    assert (again.score, again.notes) == (report.score, report.notes)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (ORIGINAL, True),
        (ORIGINAL.replace("# half of it", "# a third").replace("What the course", "What my course"), True),
        (f"{ORIGINAL}\nprint(gelu(torch.zeros(1)))\n", True),
        (f"{ORIGINAL}\n\ndef mine(x):\n    return x\n", True),
        (ORIGINAL.replace("x * below", "below * x"), False),
        (ORIGINAL.replace("    return", "    torch.manual_seed(0)\n    return"), False),
        (ORIGINAL.replace("def gelu", "@torch.no_grad()\ndef gelu"), False),
        (f"{ORIGINAL}\n\ngelu = torch.nn.functional.gelu\n", False),
        (f"def gelu(x):\n    return 0\n\n{ORIGINAL}", True),
        (ORIGINAL.replace("def gelu", "@torch.no_grad()\ndef other(x):\n    return x\n\n\ndef gelu"), True),
        ("@a\n" * 300_000 + ORIGINAL.lstrip().partition("\n\n\n")[2], False),
        ("def gelu(x): pass\n" * 100_000, False),
        (f"{ORIGINAL}\n\ndef gelu(x):\n    return 0\n", False),
        ("gelu = lambda x: x", False),
        ("x = " + "(" * 3000, False),
        ("def gelu(x):\n    return " + "-" * 200_000 + "x\n", False),
        ("def gelu(x):\n    return " + "-" * 1500 + "x\n", False),
    ],
)
def test_what_is_as_it_was_given(tmp_path: Path, text: str, given: bool) -> None:
    source = Source("a.py", "module", (Cell("", text),), frozenset({"gelu"}))
    assert read_given([original_in(tmp_path, "module")]).holds(source, "gelu") is given


def test_python_2_and_texts_in_quotes_are_compared_too(tmp_path: Path) -> None:
    old = 'def f(n):\n    """\nCounts.\n"""\n    print "n is", n  # a statement\n    return n\n\ndef g():\n    pass\n'
    (tmp_path / "old.py").write_text(old)
    given = read_given([tmp_path / "old.py"])

    def is_given(text: str) -> bool:
        return given.holds(Source("a.py", "module", (Cell("", text),), frozenset({"f"})), "f")

    assert is_given(old)
    assert is_given(old.replace("  # a statement", ""))
    assert not is_given(old.replace("return n", "return n + 1"))


def test_what_the_same_exercise_looks_at_beside_it_must_be_given_too(tmp_path: Path) -> None:
    text = "def loss(x):\n    return 0\n\n\ndef train(x):\n    return loss(x)\n"
    (tmp_path / "a.py").write_text(text)
    given = read_given([tmp_path / "a.py"])

    def source(code: str) -> Source:
        return Source("a.py", "module", (Cell("", code),), frozenset({"train"}))

    assert given.holds(source(text), "train", ["loss"])
    assert not given.holds(source(text.replace("return 0", "return x")), "train", ["loss"])
    assert given.holds(source(text.replace("return 0", "return x")), "train")


def test_the_command_takes_several(course: Path, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("x = 1\n\n\ndef other():\n    pass\n")
    command = [str(Path(sys.executable).with_name("grade")), work(tmp_path, LOOKS_DIFFERENT), "--course", course]
    command += ["--handout", tmp_path / "other.py", "--handout", original_in(tmp_path, "module"), "--json", "-"]
    done = subprocess.run([*map(str, command), "--isolation", "none"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score"] == 0
