"""A course that a student brings along earns nothing: nothing inside a submission is one, whichever way it came."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.finding import find_root
from grader.course.folder import find_own_course, open_course
from grader.model.errors import CourseError
from tests.places import ROOT, TOY

pytestmark = pytest.mark.linux_sandbox
GRADE = str(Path(sys.executable).with_name("grade"))
EXERCISE = "char_rnn/colon_weights"
LENIENT = """
def weights_are_there(answers, inputs, settings):
    open({canary!r}, "w").close()
    return ""

zeroing_ends_colon = chain_is_named = weights_are_there
"""
ANSWERS = '[colon_weights]\nweights = ["none"]\nchain = "none"\nhow = "none"\n'


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that is there when a course's code has run outside a sandbox."""
    return tmp_path / "canary"


def hostile_course(folder: Path, canary: Path, assignment: str = "cs5370-a4") -> Path:
    """The instructor's own course, as far as it can be known, with rules that let everything pass."""
    for path in ("solutions/char_rnn", "fixtures/char_rnn", "rubrics/char_rnn"):
        shutil.copytree(ROOT / path, folder / path)
    (folder / "fixtures/char_rnn/claims.py").write_text(LENIENT.format(canary=str(canary)))
    part = f'id = "2.3"\ntitle = "t"\nmarks = 2\nitems = [{{ exercise = "{EXERCISE}", marks = 2 }}]\n'
    (folder / f"rubrics/{assignment}.toml").write_text(f'title = "t"\nmarks = 2\n[[parts]]\n{part}')
    return folder


def submission(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.toml").write_text(ANSWERS)
    return folder


def grade(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name != "GRADE_COURSE"}
    command = [GRADE, *map(str, arguments), "--assignment", "cs5370-a4", "--only", EXERCISE, "--stale-ok"]
    return subprocess.run(command, cwd=cwd, env={**known, **environment}, capture_output=True, text=True, check=False)


def in_the_folder(work: Path, canary: Path) -> Path:
    return hostile_course(submission(work / "alice"), canary)


def as_a_release(work: Path, canary: Path) -> Path:
    hostile_course(submission(work / "alice") / ".course", canary)
    return work / "alice"


def by_a_link(work: Path, canary: Path) -> Path:
    """Under the name of a release, what is none when the link is followed."""
    hostile_course(submission(work / "alice") / "notes", canary)
    (work / "alice" / ".course").symlink_to("notes")
    return work / "alice"


def from_outside(work: Path, canary: Path) -> Path:
    """A link out of the submission, to where something else of the student's was unpacked."""
    hostile_course(work / "elsewhere", canary)
    (submission(work / "alice") / ".course").symlink_to(work / "elsewhere")
    return work / "alice"


def deep_inside(work: Path, canary: Path) -> Path:
    hostile_course(submission(work / "alice" / "code") / ".course", canary)
    return work / "alice"


def in_the_archive(work: Path, canary: Path) -> Path:
    alice = as_a_release(work, canary)
    with zipfile.ZipFile(work / "alice.zip", "w") as archive:
        for path in sorted(p for p in alice.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(work))
    shutil.rmtree(alice)
    return work / "alice.zip"


WAYS = [in_the_folder, as_a_release, by_a_link, from_outside, deep_inside, in_the_archive]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("given", ["as it is", "by a link", "from inside"])
def test_a_course_in_a_submission_earns_nothing(
    tmp_path: Path, canary: Path, way: Callable[[Path, Path], Path], given: str
) -> None:
    """The instructor's course is where it was told, or lies around; the student's is nearer."""
    work = tmp_path / "course" / "handed in"
    work.mkdir(parents=True)
    for folder in ("solutions", "fixtures", "rubrics"):
        (tmp_path / "course" / folder).symlink_to(ROOT / folder)
    path = way(work, canary)
    cwd = path if path.is_dir() else work
    if given == "by a link":
        (tmp_path / "link").symlink_to(path)
        path = tmp_path / ("link" if path.is_dir() else path)
    elif given == "from inside" and path.is_dir():
        path, cwd = Path(), next((p for p in (path / "code",) if p.is_dir()), path)
        path = path if cwd.name == "alice" else Path("..")
    graded = grade(path, "--json", tmp_path / "report.json", cwd=cwd)
    if given == "by a link" and path.is_dir():  # which is not followed at all
        assert graded.returncode == 1
        assert not canary.exists()
        return
    assert graded.returncode == 0, graded.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["course"]["folder"] == str(tmp_path / "course")
    assert (report["score"], report["possible"]) == (0, 50)
    assert not canary.exists()


@pytest.mark.parametrize("isolation", ["namespaces", "landlock"])
def test_a_course_beside_a_submission_is_named_and_confined(tmp_path: Path, canary: Path, isolation: str) -> None:
    """`cd alice && grade answers.toml`: what the student has unpacked there is used, said first, and confined."""
    alice = in_the_folder(tmp_path, canary)
    (alice / "work").mkdir()
    (alice / "answers.toml").rename(alice / "work" / "answers.toml")
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    first, again = (grade("work", "--isolation", isolation, cwd=alice, **state) for _ in range(2))
    assert first.stdout.splitlines()[0] == f"course: {alice}, found from the working folder, not used before"
    assert again.stdout.splitlines()[0] == f"course: {alice}, found from the working folder"
    (alice / "rubrics/cs5370-a4.toml").write_text((alice / "rubrics/cs5370-a4.toml").read_text() + "\n# changed\n")
    assert "not used before" in grade("work", cwd=alice, **state).stdout.splitlines()[0]
    words = " ".join(first.stdout.split())
    assert "score 0 of 0 marks graded here" in words
    assert "the check itself failed at fixtures/char_rnn/claims.py, line 3: " in words
    assert not canary.exists()


@pytest.mark.parametrize("named", ["--course", "GRADE_COURSE"])
def test_a_course_that_is_given_wins_and_needs_no_word(tmp_path: Path, canary: Path, named: str) -> None:
    alice = in_the_folder(tmp_path, canary)
    option = ["--course", ROOT] if named == "--course" else []
    environment = {} if option else {"GRADE_COURSE": str(ROOT)}
    graded = grade(".", *option, cwd=alice, **environment)
    assert graded.returncode == 0, graded.stderr
    assert "found from" not in graded.stdout
    assert re.search(rf"^course +{re.escape(str(ROOT))} \(\w{{8}}\)$", graded.stdout, re.M)
    assert not canary.exists()


@pytest.mark.parametrize("state", ["not there/at all", "a file"])
def test_what_cannot_be_remembered_costs_nothing(tmp_path: Path, canary: Path, state: str) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "not there").write_text("")
    alice = in_the_folder(tmp_path, canary)
    (alice / "work").mkdir()
    submission(alice / "work")
    graded = grade("work", cwd=alice, XDG_STATE_HOME=str(tmp_path / state), HOME="/proc/nowhere")
    assert (graded.returncode, graded.stderr) == (0, "")
    assert "not used before" in graded.stdout.splitlines()[0]


@pytest.mark.skipif(os.getuid() != 0, reason="files of another user need root")
def test_ones_own_work_is_not_checked_by_a_course_of_another_user(tmp_path: Path, canary: Path) -> None:
    alice = as_a_release(tmp_path, canary)
    assert find_own_course(None, alice).root == alice / ".course"
    os.chown(alice / ".course", 1234, 1234)
    with pytest.raises(CourseError, match=r"\.course: belongs to another user; name it with --course"):
        find_own_course(None, alice)
    checked = subprocess.run([GRADE, "check"], cwd=alice, capture_output=True, text=True, check=False)
    assert checked.returncode == 2
    assert "belongs to another user" in checked.stderr
    assert find_own_course(alice / ".course", alice).root == alice / ".course"
    assert find_root(None, alice) == alice / ".course"


def test_a_check_by_ones_own_release_names_it_first(tmp_path: Path, canary: Path) -> None:
    alice = as_a_release(tmp_path, canary)
    for path in (alice / ".course/fixtures/char_rnn").glob("*/hidden.safetensors"):
        path.unlink()
    checked = subprocess.run([GRADE, "check"], cwd=alice, capture_output=True, text=True, check=False)
    assert checked.stdout.startswith(f"course: {alice}/.course, found from the working folder, not used before\n")
    assert not canary.exists()


OUTSIDE = ["../../../../secret", "/etc/passwd", "..", "a/../../b", "C:\\secret", ""]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_rubric_names_no_file_outside_its_course(tmp_path: Path, name: str) -> None:
    """What it names goes to the submission's process, or is written when the handout is built."""
    course = Path(shutil.copytree(TOY, tmp_path / "course"))
    exercise, assignment = course / "rubrics/activations/gelu.toml", course / "rubrics/week-1.toml"
    exercise.write_text(f"data = [{json.dumps(name)}]\n{exercise.read_text()}")
    with pytest.raises(CourseError, match=r"^rubrics/activations/gelu.toml: data\[1\]: .* leads out of its folder"):
        open_course(course).exercise("activations/gelu")
    assignment.write_text(re.sub(r"(?m)^path = .*$", lambda _: f"path = {json.dumps(name)}", assignment.read_text()))
    with pytest.raises(CourseError, match=r"^rubrics/week-1.toml: handout\[1\].path: .* leads out of its folder"):
        open_course(course).assignment("week-1")


def test_a_file_of_a_course_is_no_link_out_of_it(tmp_path: Path) -> None:
    course = Path(shutil.copytree(TOY, tmp_path / "course"))
    rubric, data = course / "rubrics/activations/gelu.toml", course / "fixtures/activations/data"
    rubric.write_text(f'data = ["own.txt", "linked.txt"]\n{rubric.read_text()}')
    data.mkdir()
    (data / "own.txt").write_text("own")
    (data / "linked.txt").symlink_to(data / "own.txt")
    assert set(open_course(course).exercise("activations/gelu").data) == {"own.txt", "linked.txt"}
    (data / "linked.txt").unlink()
    (data / "linked.txt").symlink_to("/etc/passwd")
    with pytest.raises(CourseError, match=r"^fixtures/activations/data/linked.txt: is a link out of the course"):
        _ = open_course(course).exercise("activations/gelu").data
