"""A virtual environment that was handed in along with the work is left out, wherever it lies."""

import zipfile
from pathlib import Path

import pytest

from grader.intake import limits
from grader.intake.workspace import open_submission
from grader.model.errors import SubmissionError
from grader.model.submission import Workspace

OF_ONE = {
    "pyvenv.cfg": "home = /usr/bin",
    "bin/activate_this.py": "first = 1",
    "lib/python3.11/site-packages/six.py": "class Net: pass",
    "Lib/site-packages/six.py": "class Net: pass",
    "Scripts/activate.bat": "",
}


def environment(inside: str) -> dict[str, str]:
    return {f"{inside}/{name}".lstrip("/"): text for name, text in OF_ONE.items()}


def opened(tmp_path: Path, files: dict[str, str], as_zip: bool) -> Workspace:
    (tmp_path / "scratch").mkdir()
    if as_zip:
        with zipfile.ZipFile(tmp_path / "work.zip", "w") as made:
            for name, text in files.items():
                made.writestr(name, text)
        return open_submission(tmp_path / "work.zip", tmp_path / "scratch")
    for name, text in files.items():
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return open_submission(tmp_path / "work", tmp_path / "scratch")


@pytest.mark.parametrize("as_zip", [False, True])
@pytest.mark.parametrize(
    ("inside", "note"),
    [
        ("env", "the virtual environment in 'env' was left out; hand in your own files alone"),
        ("my/own.env", "the virtual environment in 'my/own.env' was left out; hand in your own files alone"),
        ("", "a virtual environment was left out; hand in your own files alone"),
    ],
)
def test_its_files_are_left_out_with_one_note(tmp_path: Path, inside: str, note: str, as_zip: bool) -> None:
    workspace = opened(tmp_path, {"work.py": "x = 1", "src/net.py": "y = 1", **environment(inside)}, as_zip)
    assert [source.path for source in workspace.sources] == ["src/net.py", "work.py"]
    assert workspace.data_files == ()
    assert workspace.notes == (note,)


@pytest.mark.parametrize("as_zip", [False, True])
def test_folders_with_such_names_and_no_environment_are_graded(tmp_path: Path, as_zip: bool) -> None:
    workspace = opened(tmp_path, {"lib/net.py": "x = 1", "bin/run.py": "y = 1", "env/lib/more.py": ""}, as_zip)
    assert [source.path for source in workspace.sources] == ["bin/run.py", "env/lib/more.py", "lib/net.py"]
    assert workspace.notes == ()


@pytest.mark.parametrize("as_zip", [False, True])
def test_own_work_inside_an_environments_folder_is_graded(tmp_path: Path, as_zip: bool) -> None:
    workspace = opened(tmp_path, {**environment("project"), "project/work.py": "x = 1", "notes.py": ""}, as_zip)
    assert [source.path for source in workspace.sources] == ["notes.py", "project/work.py"]


@pytest.mark.parametrize("as_zip", [False, True])
def test_many_files_of_an_environment_are_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_zip: bool
) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 20)
    many = {f"env/lib/python3.11/site-packages/m{n}.py": "" for n in range(60)}
    workspace = opened(tmp_path, {"work.py": "x = 1", "env/pyvenv.cfg": "", **many}, as_zip)
    assert [source.path for source in workspace.sources] == ["work.py"]


@pytest.mark.parametrize("as_zip", [False, True])
def test_an_environment_alone_is_nothing_to_grade(tmp_path: Path, as_zip: bool) -> None:
    with pytest.raises(SubmissionError, match="empty; hand in your"):
        opened(tmp_path, environment("env"), as_zip)


@pytest.mark.parametrize("as_zip", [False, True])
def test_one_whose_name_is_ignored_anyway_needs_no_note(tmp_path: Path, as_zip: bool) -> None:
    assert opened(tmp_path, {"work.py": "x = 1", **environment(".venv")}, as_zip).notes == ()
