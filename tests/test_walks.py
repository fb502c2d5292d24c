"""Walks through the project as its users take them: a student with a release, an instructor who changes a solution."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.handout.handout import render_solved
from grader.authoring.handout.release import write_release
from grader.authoring.new_course import new_course
from grader.course.folder import find_course
from tests.places import ROOT

COURSE = find_course(ROOT, ROOT)
MULTIPLIED, DIVIDED = "alpha * (", "1 / alpha * ("


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "110"}
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)


def edit_sample(folder: Path, old: str, new: str) -> None:
    """As in an editor: in the cell of the notebook that defines sample."""
    path = folder / "min_char_rnn.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if "def sample(" in "".join(c["source"]))
    text = "".join(cell["source"])
    assert old in text
    cell["source"] = text.replace(old, new)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def write_solutions(folder: Path) -> None:
    solved = render_solved(COURSE, "cs5370-a4")["min_char_rnn.ipynb"]
    (folder / "min_char_rnn.ipynb").write_text(solved, encoding="utf-8")


EDITS: dict[str, Callable[[Path], None]] = {
    "in min_char_rnn.ipynb, sample and complete are written": write_solutions,
    "sample divides by alpha, where it should multiply": lambda folder: edit_sample(folder, MULTIPLIED, DIVIDED),
    "it multiplies": lambda folder: edit_sample(folder, DIVIDED, MULTIPLIED),
}


def test_the_readmes_transcript_is_what_a_student_sees(tmp_path: Path) -> None:
    write_release(COURSE, "cs5370-a4", tmp_path / "cs5370-a4.zip")
    (transcript,) = re.findall(r"^```console\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    folder, shown = tmp_path, iter(())
    for line in transcript.splitlines():
        if line.startswith("$ "):
            command = line.removeprefix("$ ").replace("~/courses/cs5370", str(ROOT))
            done = shell(f"{command} && pwd >&2", folder)
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            folder, shown = Path(done.stderr.splitlines()[-1]), iter(done.stdout.splitlines())
        elif line.startswith("("):
            EDITS[line.strip("()")](folder)
        elif line != "…":
            assert any(words(line) == words(seen) for seen in shown), (line, done.stdout)


def words(line: str) -> list[str]:
    return line.split()


def test_pytest_in_a_release_runs_every_criterion(tmp_path: Path) -> None:
    write_release(COURSE, "csc321-a2", tmp_path / "a2.zip")
    shell("python -m zipfile -e a2.zip .", tmp_path)
    done = shell("pytest -q -p no:cacheprovider", tmp_path / "csc321-a2")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d\d+ skipped", done.stdout, re.M), done.stdout  # nothing is written yet


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_course(tmp_path_factory.mktemp("walk") / "course").root


def test_an_instructor_changes_a_solution(course: Path) -> None:
    reference = course / "solutions/activations/gelu/reference.py"
    assert shell("grade fixtures verify", course).returncode == 0
    reference.write_text(reference.read_text().replace("def gelu(", "def gelu(", 1) + "\n# now with a comment\n")
    complaint = shell("grade fixtures verify", course)
    assert complaint.returncode == 2
    assert "solutions/activations/gelu/reference.py: changed since the fixtures were recorded" in complaint.stdout
    assert shell("grade fixtures build", course).returncode == 0
    for command in ("grade fixtures verify", "grade audit", "grade handout build", "grade handout verify"):
        done = shell(command, course)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    released = shell("grade release week-1 -o ../week-1.zip", course)
    assert re.search(r"wrote \.\./week-1\.zip: \d+ files", released.stdout)
