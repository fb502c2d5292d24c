"""The wheel in a release: pip installs it, it checks work, and there is nothing in it but the harness."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader import __version__
from grader.authoring.handout.release import write_release
from grader.authoring.handout.wheel import build_wheel
from grader.course.folder import open_course
from tests.places import ROOT, TOY


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder, with the release of the toy course unpacked."""
    place = tmp_path_factory.mktemp("student")
    write_release(open_course(TOY), "week-1", place / "week-1.zip")
    zipfile.ZipFile(place / "week-1.zip").extractall(place)
    return place / "week-1"


@pytest.fixture(scope="module")
def installed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release's wheel, installed where nothing else is."""
    (wheel,) = release.glob("grader-*.whl")
    target = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--target", str(target)]
    done = run([sys.executable, "-m", "pip", "install", *options, f"./{wheel.name}"], release)
    assert done.returncode == 0, done.stderr
    return target


def run(command: list[str], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=200, check=False
    )


def test_pip_installs_it_and_it_checks_work(release: Path, installed: Path) -> None:
    grade = [sys.executable, str(installed / "bin" / "grade")]
    version = run([*grade, "--version"], release, PYTHONPATH=str(installed))
    assert (version.returncode, version.stdout) == (0, f"grader {__version__}\n")
    work = (TOY / "solutions/activations/gelu/reference.py").read_text()
    (release / "activations.py").write_text(work)
    checked = run([*grade, "check"], release, PYTHONPATH=str(installed))
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "score  2 of 2 marks graded here" in checked.stdout
    where = run([sys.executable, "-c", "import grader; print(grader.__file__)"], release, PYTHONPATH=str(installed))
    assert Path(where.stdout.strip()).is_relative_to(installed)


def test_without_an_example_no_course_is_begun_and_the_error_says_why(release: Path, installed: Path) -> None:
    done = run(
        [sys.executable, str(installed / "bin" / "grade"), "course", "new", "mine"], release, PYTHONPATH=str(installed)
    )
    assert done.returncode == 2
    assert "came with a release and has no example" in done.stderr


def test_it_has_the_harness_and_nothing_of_a_course() -> None:
    name, content = build_wheel()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert name.endswith("-py3-none-any.whl")
    assert {part.split("/")[0] for part in names} == {"grader", name.replace("-py3-none-any.whl", ".dist-info")}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "grader").rglob("*.py")}
    assert modules <= set(names)
    beside = {Path(part).suffix for part in names if part.startswith("grader/")}
    assert beside <= {".py", ".jinja", ".html"}


def test_every_file_is_in_the_record_and_each_build_has_the_same_bytes() -> None:
    name, content = build_wheel()
    archive = zipfile.ZipFile(io.BytesIO(content))
    (record,) = (part for part in archive.namelist() if part.endswith("/RECORD"))
    listed = [line.split(",")[0] for line in archive.read(record).decode().splitlines()]
    assert sorted(listed) == sorted(archive.namelist())
    assert build_wheel() == (name, content)
