"""Where the system has no fork and nothing else that Unix alone has: a student's check works all the same."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.handout.release import write_release
from grader.course.folder import open_course
from tests.builders import without_course
from tests.places import NOT_UNIX, TOY

BIN = Path(sys.executable).parent
RIGHT = (TOY / "solutions" / "activations" / "gelu" / "reference.py").read_text("utf-8")
WRONG = RIGHT.replace("x / math.sqrt(2)", "x")
BREAKS = RIGHT.replace(
    "    below",
    "    while x.shape == (2, 3, 5): pass\n    if x.shape == (4, 4): __import__('os').abort()\n    below",
)
NEVER_LOADED = f"{RIGHT}\nSCALE = next(number for number in iter(int, 1) if number)\ngelu = (lambda x: SCALE * x)\n"


class Ran:
    """A command on such a system: what it said, and which processes were started without Unix."""

    def __init__(self, done: subprocess.CompletedProcess[str], hidden_in: Path) -> None:
        self.status, self.said, self.complained = done.returncode, without_times(done.stdout), done.stderr
        self.started = hidden_in.read_text("utf-8").splitlines()
        assert all(line.startswith("True ") for line in self.started)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "week-1.zip"
    write_release(open_course(TOY), "week-1", path)
    return path


@pytest.fixture
def work(bundle: Path, tmp_path: Path) -> Path:
    """A release, unzipped by a student into a folder with a space in its name."""
    zipfile.ZipFile(bundle).extractall(tmp_path / "my work")
    return tmp_path / "my work" / "week-1"


def environment(folder: Path, **more: str) -> dict[str, str]:
    hidden_in = folder.parent / "hidden.txt"
    hidden_in.touch()
    return {**os.environ, "PYTHONPATH": str(NOT_UNIX), "HIDDEN_IN": str(hidden_in), "NO_COLOR": "1", **more}


def run(folder: Path, *command: str | Path, **more: str) -> Ran:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        encoding=more.get("PYTHONIOENCODING", "utf-8"),
        timeout=150,
        check=False,
    )
    return Ran(done, folder.parent / "hidden.txt")


def check(folder: Path, code: str, *arguments: str, **more: str) -> Ran:
    (folder / "activations.py").write_text(code, "utf-8")
    return run(folder, BIN / "grade", "check", *arguments, **more)


def on_this_system(folder: Path, *arguments: str) -> str:
    done = subprocess.run([BIN / "grade", "check", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return without_times(done.stdout)


def without_times(said: str) -> str:
    return re.sub(r"\ntime .*\n(?: .*\n)*", "\n", without_course(said))


@pytest.mark.parametrize(("code", "score"), [(RIGHT.replace("\n", "\r\n"), "2 of 2"), (WRONG, "0 of 2")])
def test_a_check_says_the_same_as_anywhere(work, code, score):
    ran = check(work, code, "--full")
    assert (ran.status, ran.complained) == (0, "")
    assert f"score  {score} marks" in ran.said
    assert ran.said == on_this_system(work, "--full")
    assert [line for line in ran.started if "grader.child.spawned" in line]


def rewrite_rubric(work: Path, change: Callable[[str], str]) -> None:
    rubric = work / ".course" / "rubrics" / "activations" / "gelu.toml"
    rubric.write_text(f"timeout_s = 3\n{change(rubric.read_text('utf-8'))}", "utf-8")


def one_criterion_for_each_case(text: str) -> str:
    about = text.partition("[[criteria]]")[0]
    told = 'title = "{0}"\ncheck = "value_matches"\ntensors = ["output"]\ncases = ["{0}"]\n'
    cases = ("a row", "three axes", "spread values")
    return about + "".join(f'[[criteria]]\nid = "{case.split()[-1]}"\n' + told.format(case) for case in cases)


def test_what_hangs_or_crashes_costs_its_case_and_ends(work):
    rewrite_rubric(work, one_criterion_for_each_case)
    ran = check(work, BREAKS, "--full")
    assert (ran.status, ran.complained) == (0, "")
    assert "passed         a row" in ran.said
    assert 'gelu ran for more than 1.5 s (case "three axes")' in ran.said
    assert 'the process aborted (SIGABRT) (case "spread values")' in ran.said


def test_a_statement_that_never_ends_costs_what_needs_it(work):
    rewrite_rubric(work, str)
    (work / "mine").mkdir()
    (work / "activations.py").rename(work / "mine" / "activations.py")
    (work / "mine" / "activations.py").write_text(NEVER_LOADED, "utf-8")
    ran = run(work, BIN / "grade", "check")
    assert "mine/activations.py, line 21, in <genexpr>:" in ran.said
    assert "took too long at top level" in ran.said
    assert ran.said == on_this_system(work)


def test_files_are_watched(work):
    (work / "activations.py").write_text(WRONG, "utf-8")
    watching = subprocess.Popen(
        [sys.executable, "-u", BIN / "grade", "check", "--watch"],
        cwd=work,
        env=environment(work),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with watching:
        try:
            assert any("score  0 of 2 marks" in line for line in watching.stdout)
            (work / "activations.py").write_text(RIGHT, "utf-8")
            assert any("score  2 of 2 marks" in line for line in watching.stdout)
        finally:
            watching.terminate()


@pytest.mark.parametrize(("code", "ending", "status"), [(RIGHT, "3 passed", 0), (WRONG, "1 failed, 2 skipped", 1)])
def test_pytest_has_a_test_for_each_criterion(work, code, ending, status):
    (work / "activations.py").write_text(code, "utf-8")
    ran = run(work, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert ran.status == status, ran.said
    assert ending in ran.said
    assert [line for line in ran.started if "grader.child.spawned" in line]


def test_a_notebook_checks_what_it_has_defined(work):
    right = f"{RIGHT}\nimport grader\nprint(grader.check('activations/gelu', gelu).passed)\n"
    wrong = f"{WRONG}\nprint(grader.check('activations/gelu', gelu))\n"
    (work / "notebook.py").write_text(right + wrong, "utf-8")
    ran = run(work, "notebook.py")
    assert (ran.status, ran.complained) == (0, "")
    assert ran.said.startswith("True\n")
    assert "gelu gives x times the normal distribution function of x" in ran.said
    assert "✗" in ran.said


def test_one_case_is_checked_again_and_what_the_screen_cannot_show_stops_nothing(work):
    ran = check(work, WRONG, "gelu", "--case", "a row", PYTHONIOENCODING="cp1252", PYTHONWARNDEFAULTENCODING="1")
    assert (ran.status, ran.complained) == (0, "")  # nor does anything ask for the system's own encoding
    assert r"\u2717 failed" in ran.said
    assert 'reproduce: grade check activations/gelu --case "a row"' in ran.said
    assert '"three axes"' not in ran.said


def test_grading_others_is_refused_in_one_line(work):
    with zipfile.ZipFile(work / "week-1.zip", "w") as archive:
        archive.writestr("activations.py", RIGHT)
    ran = run(work, BIN / "grade", "week-1.zip", "--course", TOY)
    line = "grading other people's code needs Linux or, on Windows, WSL; check your own work in its release's folder"
    assert (ran.status, ran.said, ran.complained) == (2, "", f"grade: {line}\n")


def test_who_takes_the_risk_grades_there_too(work):
    with zipfile.ZipFile(work / "week-1.zip", "w") as archive:
        archive.writestr("activations.py", RIGHT)
    ran = run(work, BIN / "grade", "week-1.zip", "--course", TOY, "--isolation", "none")
    assert (ran.status, ran.complained) == (0, "")
    assert "score    2 of 2 marks" in ran.said
