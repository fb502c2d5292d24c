"""Folders, notebooks, modules and web pages become sources; what cannot be read is said in one line."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import limits
from grader.intake import notebook as notebook_module
from grader.intake import workspace as workspace_module
from grader.intake.notebook import read_notebook
from grader.intake.source_text import decode_source, top_level_names
from grader.intake.webpage import is_web_page, source_in_page
from grader.intake.workspace import open_submission
from grader.model.errors import NotANotebookError, SubmissionError
from grader.model.submission import Workspace


def opened(tmp_path: Path, files: dict[str, str | bytes]) -> Workspace:
    folder = tmp_path / "handed_in"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return open_submission(folder, scratch)


def opened_alone(tmp_path: Path, name: str, data: str | bytes) -> Workspace:
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return open_submission(tmp_path / name, scratch)


def notebook(*cells: dict[str, Any], **more: Any) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more})


def code(*lines: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": list(lines), "metadata": {}, "outputs": [], **more}


TEXT = {"cell_type": "markdown", "source": ["# Title"], "metadata": {}}


def test_a_folder_is_copied_and_left_untouched(tmp_path: Path) -> None:
    workspace = opened(tmp_path, {"models/unet.py": "class UNet:\n    pass\n", "data/w.pkl": b"\x80\x04", "b.py": ""})
    assert workspace.name == "handed_in"
    assert [(s.path, s.kind) for s in workspace.sources] == [("b.py", "module"), ("models/unet.py", "module")]
    assert workspace.sources[1].names == {"UNet"}
    assert workspace.data_files == ("data/w.pkl",)
    assert workspace.root == tmp_path / "scratch"
    assert (workspace.root / "data/w.pkl").read_bytes() == b"\x80\x04"


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("SECRET = 1")
    (tmp_path / "handed_in").mkdir()
    (tmp_path / "handed_in/link.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "handed_in/all").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "handed_in/pipe.py")
    workspace = opened(tmp_path, {"net.py": "x = 1"})
    assert [s.path for s in workspace.sources] == ["net.py"]
    assert len([n for n in workspace.notes if "link or a device" in n]) == 3


def test_a_folder_beyond_the_limits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 2)
    with pytest.raises(SubmissionError, match="holds more than 2 files"):
        opened(tmp_path, {"a.py": "", "b.py": "", "c.py": ""})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "handed_in: empty; hand in your .py or .ipynb files"),
        ({"report.pdf": "", "w.npz": ""}, "handed_in: no .py or .ipynb file in it, only 'report.pdf', 'w.npz'"),
        ({"only.ipynb": "no json"}, "handed_in: nothing in it can be graded: 'only.ipynb': not a notebook"),
    ],
)
def test_nothing_to_grade_lists_what_was_found(tmp_path: Path, files: dict[str, str | bytes], message: str) -> None:
    (tmp_path / "handed_in").mkdir()
    with pytest.raises(SubmissionError) as caught:
        opened(tmp_path, files)
    assert str(caught.value).startswith(message)


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match=r"report.pdf: neither a .zip, a folder"):
        opened_alone(tmp_path, "report.pdf", "x")
    with pytest.raises(SubmissionError, match="there is no such file or folder"):
        open_submission(tmp_path / "absent.zip", tmp_path / "scratch")


def test_code_cells_are_numbered_over_all_cells(tmp_path: Path) -> None:
    text = notebook(TEXT, code("import torch\n", "SCALE = 2"), TEXT, code("class Net:\r\n", "  pass"), {"odd": 1}, 3)
    workspace = opened_alone(tmp_path, "work.ipynb", text)
    (source,) = workspace.sources
    assert [(c.label, c.text) for c in source.cells] == [
        ("cell 2", "import torch\nSCALE = 2"),
        ("cell 4", "class Net:\n  pass"),
    ]
    assert (source.kind, source.names, workspace.name) == ("notebook", {"SCALE", "Net"}, "work")


def test_notebooks_of_format_3_are_read() -> None:
    sheet = {"cells": [TEXT, {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"}]}
    found = read_notebook(json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [sheet, "odd"]}))
    assert [(c.label, c.text) for c in found.cells] == [("cell 2", "x = 1\ny = 2")]


def test_a_source_may_be_one_string() -> None:
    assert read_notebook(notebook({"cell_type": "code", "source": "x = 1"})).cells[0].text == "x = 1"


@pytest.mark.parametrize(
    ("metadata", "assignment"),
    [
        ({"grader": {"assignment": "cs5370-a4"}}, "cs5370-a4"),
        ({"grader": {"assignment": "../../etc"}}, None),
        ({"grader": "cs5370-a4"}, None),
        ([], None),
    ],
)
def test_the_handouts_metadata_names_the_assignment(tmp_path: Path, metadata: Any, assignment: str | None) -> None:
    workspace = opened_alone(tmp_path, "work.ipynb", notebook(code("x = 1"), metadata=metadata))
    assert workspace.assignment == assignment


def test_two_assignments_in_one_submission_are_left_to_a_person(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"{a}.ipynb": notebook(code("x = 1"), metadata={"grader": {"assignment": a}}) for a in ("one", "two")
    }
    workspace = opened(tmp_path, files)
    assert workspace.assignment is None
    assert "notebooks of several assignments: one, two" in workspace.notes


def test_saved_outputs_of_megabytes_are_dropped(tmp_path: Path) -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 12_000_000}}
    workspace = opened_alone(tmp_path, "work.ipynb", notebook(code("x = 1", outputs=[picture])))
    assert [c.text for c in workspace.sources[0].cells] == ["x = 1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE html><html></html>", "it is a web page"),
        ('{"cells": [', "it is not JSON"),
        ('{"a": 1}', "it is JSON, but has no cells"),
        ("[" * 100_000, "it is not JSON"),
        ("1" * 10_000, "it is not JSON"),
        ("", "it is not JSON"),
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SubmissionError, match=message) as caught:
        opened_alone(tmp_path, "work.ipynb", text)
    assert str(caught.value).startswith("work.ipynb: not a notebook:")
    assert "download the notebook again" in str(caught.value)


def test_one_bad_notebook_does_not_cost_the_others(tmp_path: Path) -> None:
    workspace = opened(tmp_path, {"bad.ipynb": "{", "good.ipynb": notebook(code("x = 1"))})
    assert [s.path for s in workspace.sources] == ["good.ipynb"]
    assert workspace.data_files == ("bad.ipynb",)
    assert any(n.startswith("'bad.ipynb': not a notebook: it is not JSON") for n in workspace.notes)


def test_json_made_to_fill_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_module, "MAX_JSON_VALUES", 1000)
    monkeypatch.setattr(notebook_module, "MB", 1000)
    harmless = notebook(code("x = 1", outputs=["[,{" * 5000]))
    assert read_notebook(harmless).cells[0].text == "x = 1"
    with pytest.raises(NotANotebookError, match="more than 1,000 values"):
        read_notebook('{"cells": [' + "{}," * 5000 + "{}]}")


def test_sources_beyond_their_size_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(workspace_module._SIZE_LIMITS, ".py", 1000)
    workspace = opened(tmp_path, {"a.py": "x = 1", "big.py": "y" * 1001})
    assert [s.path for s in workspace.sources] == ["a.py"]
    assert workspace.data_files == ("big.py",)
    assert any("'big.py': larger than" in n for n in workspace.notes)


PAGE = "<!DOCTYPE html>\n<html><body>{}</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        "<pre>import torch\n\nclass Net(a &lt; b):\n    x = 1\n</pre>",
        "<table><tr><td class='blob-num'>1</td><td class='x blob-code js'><span>import torch</span></td></tr>"
        "<tr><td class='blob-code'></td></tr>"
        "<tr><td class='blob-code'>class Net(a &lt; b):</td></tr><tr><td class='blob-code'>    x = 1</td></tr></table>",
        '<script>{"blob":{"rawLines":["import torch","","class Net(a < b):","    x = 1"]}}</script>',
    ],
)
def test_a_page_that_shows_the_source_gives_it_with_a_note(tmp_path: Path, body: str) -> None:
    workspace = opened_alone(tmp_path, "net.py", PAGE.format(body))
    assert workspace.sources[0].cells[0].text.rstrip() == "import torch\n\nclass Net(a < b):\n    x = 1"
    assert any("a web page saved as .py" in n for n in workspace.notes)


@pytest.mark.parametrize("body", ["<p>Sign in to continue</p>", "<pre>no code</pre>", '"rawLines":[[', "<pre" * 1000])
def test_a_page_without_source_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(SubmissionError, match=r"net.py: a web page saved as .py, not Python; download the file itself"):
        opened_alone(tmp_path, "net.py", PAGE.format(body))


def test_python_that_holds_html_is_no_page() -> None:
    assert not is_web_page('page = """<!DOCTYPE html><html>"""')
    assert is_web_page("\n<!-- saved from url -->\n<HTML lang='en'>")
    assert source_in_page("<html><pre>x = 1</pre><pre>def f(): pass\ny = 2</pre></html>") == "def f(): pass\ny = 2"


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("x = 'é'".encode(), "x = 'é'", None),
        (b"\xef\xbb\xbfx = 1", "x = 1", None),
        ("x = 'é'".encode("latin-1"), "x = 'é'", "latin-1"),
        ("# -*- coding: cp1251 -*-\nx = 'ж'".encode("cp1251"), "# -*- coding: cp1251 -*-\nx = 'ж'", "cp1251"),
        ("x = 1".encode("utf-16"), "x = 1", "utf-16"),
        (b"# coding: rot13\nx = 1", "# coding: rot13\nx = 1", None),
        (b"# coding: cp99999\r\nx = 1\ry = 2", "# coding: cp99999\nx = 1\ny = 2", None),
    ],
)
def test_encodings(data: bytes, text: str, encoding: str | None) -> None:
    assert decode_source(data) == (text, encoding)


@given(st.binary(max_size=200))
def test_any_bytes_become_text(data: bytes) -> None:
    text, _ = decode_source(data)
    assert "\r" not in text


def test_another_encoding_is_noted(tmp_path: Path) -> None:
    assert opened_alone(tmp_path, "a.py", b"x = '\xe9'").notes == ("'a.py': not UTF-8; read as latin-1",)


def test_merge_markers_keep_the_file_and_are_noted(tmp_path: Path) -> None:
    text = "x = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> theirs\n"
    workspace = opened_alone(tmp_path, "a.py", text)
    assert workspace.sources[0].cells[0].text == text
    assert any(n.startswith("'a.py', line 2: an unfinished merge") for n in workspace.notes)


def test_names_are_those_of_unindented_lines() -> None:
    text = (
        "import os\nasync def a(): pass\nclass B(object):\n    inner = 1\n    def method(self): pass\n"
        "c, d = 1, 2\ne: int = 3\nif x == 1:\n    f = 2\ng += 1\nB.h = 4\ni == 5\nelse: j = 3\nfor k in l: m = 1\n"
    )
    assert top_level_names(text) == {"a", "B", "c", "d", "e"}


@given(st.text(alphabet="ab_,= \t:\n(1", max_size=300))
def test_any_text_gives_identifiers(text: str) -> None:
    assert all(name.isidentifier() for name in top_level_names(text))


def test_half_a_character_in_a_cell_is_replaced(tmp_path: Path) -> None:
    text = notebook(code("x = '\\ud800'")).replace("\\\\ud800", "\\ud800")
    assert "\\ud800" in text
    read = opened_alone(tmp_path, "work.ipynb", text)
    assert read.sources[0].cells[0].text == "x = '?'"


@pytest.mark.parametrize("target", ["work.py", "folder", "gone.zip"])
def test_a_link_is_no_submission(tmp_path: Path, target: str) -> None:
    (tmp_path / "work.py").write_text("x = 1")
    (tmp_path / "folder").mkdir()
    link = tmp_path / "handed-in.py"
    link.symlink_to(tmp_path / target)
    with pytest.raises(SubmissionError, match=r"handed-in.py: is a link, which is not followed; name the file or"):
        open_submission(link, tmp_path)


def test_a_huge_file_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    """A sparse one costs its author nothing, and a copy of it the whole disk."""
    path, scratch = tmp_path / "work.py", tmp_path / "scratch"
    scratch.mkdir()
    with path.open("wb") as file:
        file.truncate(300 << 30)
    with pytest.raises(SubmissionError, match=r"work.py: larger than 8 MB; leave data and outputs out of it"):
        open_submission(path, scratch)
    assert list(scratch.iterdir()) == []
