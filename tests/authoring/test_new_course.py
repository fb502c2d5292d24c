"""`grade course new`: a course that grades at once, in a folder that was free."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.new_course import new_course
from grader.model.errors import UsageError

GRADE = str(Path(sys.executable).with_name("grade"))


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([GRADE, *arguments], cwd=cwd, capture_output=True, text=True, timeout=100)


def test_a_new_course_verifies_audits_and_grades(tmp_path: Path) -> None:
    made = run("course", "new", "mine", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert "wrote mine: assignment week-1 with the exercise activations/gelu" in made.stdout
    course = tmp_path / "mine"
    for verb in (["fixtures", "verify"], ["audit"], ["handout", "verify"]):
        done = run(*verb, cwd=course)  # found from the folder itself
        assert done.returncode == 0, (verb, done.stdout, done.stderr)
    work = tmp_path / "activations.py"
    work.write_text((course / "solutions/activations/gelu/reference.py").read_text())
    graded = run(str(work), "--course", "mine", cwd=tmp_path)
    assert graded.returncode == 0, graded.stderr
    assert "2 of 2 marks graded here" in graded.stdout


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty; name a folder that does not exist yet"):
        new_course(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file/course: cannot be written \(Not a directory\)"):
        new_course(tmp_path / "file" / "course")
