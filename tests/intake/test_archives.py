"""Hostile and damaged archives: one clear line each, and nothing written outside the scratch folder."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake import limits
from grader.intake.limits import MB, is_ignored
from grader.intake.workspace import open_submission
from grader.model.errors import SubmissionError
from grader.model.submission import Workspace


def zip_of(folder: Path, *entries: tuple[str | zipfile.ZipInfo, str | bytes], name: str = "work.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for entry, data in entries:
            made.writestr(entry, data)
    return path


def scratch_in(folder: Path) -> Path:
    scratch = folder / "scratch"
    scratch.mkdir()
    return scratch


def refusal(path: Path, scratch: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        open_submission(path, scratch)
    message = str(caught.value)
    assert "\n" not in message
    return message


def opened_or_refused(path: Path, scratch: Path) -> Workspace | str:
    try:
        return open_submission(path, scratch)
    except SubmissionError as error:
        message = str(error)
    assert message.startswith("work.zip: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "a/../../evil.py", "/etc/evil.py", "C:/evil.py", "c:evil.py", "..\\evil.py", "\\\\server\\evil.py"],
)
def test_paths_that_leave_the_archive_are_refused_by_name(tmp_path: Path, name: str) -> None:
    message = refusal(zip_of(tmp_path, ("good.py", "x = 1"), (name, "boom")), scratch_in(tmp_path))
    assert "points outside the archive" in message
    assert repr(name) in message
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["scratch", "work.zip"]


def test_a_nul_in_a_name_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("goodXpy", "x = 1"))
    path.write_bytes(path.read_bytes().replace(b"goodXpy", b"good\0py"))
    assert r"good\x00py" in refusal(path, scratch_in(tmp_path))


@given(parts=st.lists(st.sampled_from(["..", ".", "", "a", "b.py", "C:", "~", "__MACOSX", "a\\..", "\\"]), min_size=1))
@settings(max_examples=150)
def test_no_name_ever_leads_outside(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("archive")
    scratch = scratch_in(folder)
    path = zip_of(folder, ("keep.py", "x = 1"), ("/".join(parts) or ".", "payload"))
    outcome = opened_or_refused(path, scratch)
    if isinstance(outcome, Workspace):
        assert "keep.py" in [s.path for s in outcome.sources]
        assert ".." not in "/".join(parts).replace("\\", "/").split("/")
    assert all(p.resolve().is_relative_to(scratch.resolve()) for p in folder.rglob("*") if p != path)


@given(position=st.integers(0, 10_000), value=st.integers(0, 255), length=st.integers(1, 10_000))
@settings(max_examples=200)
def test_damaged_archives_open_or_are_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int, length: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = zip_of(folder, ("a/net.py", "x = 1\n" * 50), ("a/data.bin", b"\x00\x01" * 40))
    data = bytearray(path.read_bytes())
    data[position % len(data)] = value
    path.write_bytes(data[:length])
    outcome = opened_or_refused(path, scratch_in(folder))
    assert isinstance(outcome, str) or outcome.sources


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and then nothing", b"%PDF-1.4 a report"])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "work.zip"
    path.write_bytes(data)
    assert "not a complete zip archive" in refusal(path, scratch_in(tmp_path))


def test_a_truncated_zip_is_said_to_be_incomplete(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("net.py", "x = 1\n" * 1000))
    path.write_bytes(path.read_bytes()[:-40])
    assert "not a complete zip archive" in refusal(path, scratch_in(tmp_path))


def test_a_bomb_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    scratch = scratch_in(tmp_path)
    assert "zip bomb" in refusal(zip_of(tmp_path, ("net.py", "x = 1"), ("zeros.bin", b"\0" * (30 * MB))), scratch)
    assert list(scratch.iterdir()) == []


def test_small_files_may_compress_as_they_like(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("net.py", "x = 1"), ("zeros.bin", b"\0" * (2 * MB)))
    assert open_submission(path, scratch_in(tmp_path)).data_files == ("zeros.bin",)


def test_entries_that_share_their_packed_bytes_are_a_bomb(tmp_path: Path) -> None:
    path = overlapping_zip(tmp_path, copies=60)
    assert "zip bomb" in refusal(path, scratch_in(tmp_path))


def overlapping_zip(folder: Path, copies: int) -> Path:
    """One packed file of 1 MB that the table of contents lists `copies` times."""
    path = zip_of(folder, ("f00.py", b"\0" * MB))
    data = path.read_bytes()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    table = b"".join(data[start:end].replace(b"f00.py", b"f%02d.py" % i) for i in range(copies))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(table), start, 0)
    path.write_bytes(data[:start] + table + tail)
    return path


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 3)
    path = zip_of(tmp_path, *((f"f{i}.py", "") for i in range(4)))
    assert "holds 4 files, at most 3 are accepted" in refusal(path, scratch_in(tmp_path))


def test_too_large_a_whole_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 100)
    path = zip_of(tmp_path, ("a.py", "x" * 60), ("b.py", "x" * 60))
    assert "leave datasets out" in refusal(path, scratch_in(tmp_path))


def test_a_table_of_contents_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_DIRECTORY_BYTES", 200)
    path = zip_of(tmp_path, *((f"file{i}.py", "") for i in range(30)))
    assert "table of contents too large" in refusal(path, scratch_in(tmp_path))


def test_an_encrypted_entry_is_named(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("net.py", "x = 1"))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "'net.py' is encrypted; make the zip again without a password" in refusal(path, scratch_in(tmp_path))


def test_an_unusual_packing_method_is_named(tmp_path: Path) -> None:
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("net.py", "x = 1")
    assert "unusual method" in refusal(path, scratch_in(tmp_path))


def test_links_and_devices_are_left_out_with_a_note(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("passwords.py")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    scratch = scratch_in(tmp_path)
    workspace = open_submission(zip_of(tmp_path, ("net.py", "x = 1"), (link, "/etc/passwd")), scratch)
    assert [s.path for s in workspace.sources] == ["net.py"]
    assert any("'passwords.py' is a link or a device" in note for note in workspace.notes)
    assert not (scratch / "passwords.py").exists()


def test_names_that_differ_in_case_are_kept_apart_and_reported(tmp_path: Path) -> None:
    workspace = open_submission(zip_of(tmp_path, ("UNet.py", "x = 1"), ("unet.py", "y = 2")), scratch_in(tmp_path))
    assert {s.path: s.cells[0].text for s in workspace.sources} == {"UNet.py": "x = 1", "unet.py": "y = 2"}
    assert any("differ in upper and lower case alone" in note for note in workspace.notes)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_entries_with_one_path_the_later_counts(tmp_path: Path) -> None:
    workspace = open_submission(zip_of(tmp_path, ("unet.py", "x = 1"), ("unet.py", "y = 2")), scratch_in(tmp_path))
    assert workspace.sources[0].cells[0].text == "y = 2"
    assert any("in the archive twice" in note for note in workspace.notes)


def test_what_systems_leave_behind_is_ignored_and_single_folders_are_entered(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path,
        ("12345_Assign4/work/net.py", "x = 1"),
        ("12345_Assign4/work/data/x.npz", "data"),
        ("12345_Assign4/work/.ipynb_checkpoints/old.ipynb", "{}"),
        ("12345_Assign4/work/._net.py", "junk"),
        ("12345_Assign4/.DS_Store", "junk"),
        ("__MACOSX/12345_Assign4/work/net.py", "junk"),
        name="12345_Assign4.zip",
    )
    workspace = open_submission(path, scratch_in(tmp_path))
    assert workspace.name == "12345_Assign4"
    assert workspace.root.name == "work"
    assert [s.path for s in workspace.sources] == ["net.py"]
    assert workspace.data_files == ("data/x.npz",)
    assert is_ignored(("a", "._b"))
    assert not is_ignored(("a", "b"))


def test_separators_of_another_system_are_understood(tmp_path: Path) -> None:
    workspace = open_submission(zip_of(tmp_path, ("models\\unet.py", "x = 1"), ("a.py", "")), scratch_in(tmp_path))
    assert [s.path for s in workspace.sources] == ["a.py", "models/unet.py"]


def test_zips_inside_are_not_entered(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("net.py", "x = 1")
    message = refusal(zip_of(tmp_path, ("inner.zip", inner.getvalue())), scratch_in(tmp_path))
    assert message == "work.zip: no .py or .ipynb file in it, only 'inner.zip'; hand in your code"


def test_a_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    message = refusal(zip_of(tmp_path, ("a.py", "x"), ("a.py/b.py", "y")), scratch_in(tmp_path))
    assert "cannot be unpacked" in message


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    assert "folders deep" in refusal(zip_of(tmp_path, ("a/" * 3000 + "b.py", "x")), scratch_in(tmp_path))
