"""Finding several submissions: what a learning platform's download looks like, and what is one student's own folder."""

from pathlib import Path

import pytest

from grader.classroom.finding import submissions_in


def made(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def names_in(*paths: Path) -> list[str]:
    return [found.name for found in submissions_in(paths)[0]]


def test_a_folder_of_archives_holds_a_submission_in_each_sorted_by_name(tmp_path: Path) -> None:
    made(tmp_path, "roe_2.zip", "doe_1.zip", "grades.csv", "doe_1.txt", ".DS_Store", "__MACOSX/doe_1.zip")
    found, remarks = submissions_in([tmp_path])
    assert [(one.path, one.name) for one in found] == [
        (tmp_path / "doe_1.zip", "doe_1"),
        (tmp_path / "roe_2.zip", "roe_2"),
    ]
    assert remarks == []


def test_archives_in_a_folder_for_each_student_are_named_by_it(tmp_path: Path) -> None:
    made(tmp_path, "Roe (2)/Submission attachment(s)/a4.zip", "Doe (1)/a4.zip", "Doe (1)/comments.txt")
    assert names_in(tmp_path) == ["Doe (1)/a4", "Roe (2)/Submission attachment(s)/a4"]


def test_an_archive_of_a_kind_that_cannot_be_opened_is_not_forgotten(tmp_path: Path) -> None:
    assert names_in(made(tmp_path, "doe.rar", "roe.zip", "poe.tar.gz")) == ["doe", "poe.tar", "roe"]


@pytest.mark.parametrize("source", ["work.ipynb", "src/work.py", "answers.toml"])
def test_a_folder_with_a_source_is_one_submission(tmp_path: Path, source: str) -> None:
    made(tmp_path, "train.zip", "test.zip", source)
    found, remarks = submissions_in([tmp_path])
    assert [one.path for one in found] == [tmp_path]
    (remark,) = remarks
    assert "graded as one submission, since it has code beside its 2 archives" in remark


def test_code_of_a_virtual_environment_is_no_source(tmp_path: Path) -> None:
    made(tmp_path, "doe.zip", "roe.zip", "env/pyvenv.cfg", "env/lib/python3.11/site-packages/six.py")
    assert names_in(tmp_path) == ["doe", "roe"]


def test_a_students_folder_with_one_archive_of_data_needs_no_remark(tmp_path: Path) -> None:
    assert submissions_in([made(tmp_path, "data.zip", "work.py")])[1] == []


@pytest.mark.parametrize("files", [("report.pdf",), ()])
def test_a_folder_with_no_archive_stands_for_itself(tmp_path: Path, files: tuple[str, ...]) -> None:
    assert [one.path for one in submissions_in([made(tmp_path, *files)])[0]] == [tmp_path]


def test_other_paths_stand_for_themselves_in_their_order(tmp_path: Path) -> None:
    made(tmp_path, "z.zip", "class/b.zip", "class/a.zip", "a.py")
    paths = [tmp_path / "z.zip", tmp_path / "class", tmp_path / "a.py", tmp_path / "missing.zip"]
    assert [one.path.name for one in submissions_in(paths)[0]] == ["z.zip", "a.zip", "b.zip", "a.py", "missing.zip"]
