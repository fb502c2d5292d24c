"""Folders that submissions leave: too much in them is told, and whatever they hold can be removed."""

import os
from pathlib import Path

from grader.sandbox import scratch


def test_what_is_in_bounds_is_no_excess(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_bytes(b"x" * 1000)
    (tmp_path / "link").symlink_to("/")
    assert scratch.excess(tmp_path, 1 << 20) == ""


def test_excess_is_told_in_words(tmp_path):
    (tmp_path / "file").write_bytes(b"x" * (3 << 20))
    assert scratch.excess(tmp_path, 2 << 20) == "wrote more than 2 MB of files"
    deep = tmp_path.joinpath(*["d"] * (scratch.MAX_DEPTH + 1))
    deep.mkdir(parents=True)
    assert scratch.excess(tmp_path, 1 << 30) == f"made folders more than {scratch.MAX_DEPTH} deep"


def test_too_many_files_are_an_excess(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "MAX_ENTRIES", 20)
    for number in range(21):
        (tmp_path / str(number)).touch()
    assert scratch.excess(tmp_path, 1 << 30) == "made more than 20 files"


def test_removing_reaches_what_is_deep_and_closed_and_follows_no_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "closed").mkdir()
    (folder / "closed" / "file").touch()
    (folder / "closed").chmod(0)
    here = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(2000):
            Path("d").mkdir()
            os.chdir("d")
        Path("file").touch()
    finally:
        os.chdir(here)
    scratch.remove(folder)
    assert not folder.exists()
    assert (outside / "kept").exists()


def test_removing_what_is_gone_does_nothing(tmp_path):
    scratch.remove(tmp_path / "gone")
