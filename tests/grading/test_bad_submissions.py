"""What cannot be graded, or would never end: one clear line, the right exit status, nothing left behind."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.places import ROOT, SAMPLES

GRADE = Path(sys.executable).with_name("grade")
FULL = SAMPLES / "cs5370-a4-full.zip"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A temporary folder that the grader uses, so that whatever it leaves can be seen."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    tmp_path.chmod(0o755)  # the sandbox's user must get through
    folder.chmod(0o777)
    for parent in list(tmp_path.parents)[:3]:
        if parent.owner() == tmp_path.owner() and parent != Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return folder


# Runs the command as the one to whom its orphans fall, and says which of them are still there after it.
WATCHED = """
import os, subprocess, sys, time
from grader.sandbox.kernel import processes, syscalls
syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
status = subprocess.run(sys.argv[1:]).returncode
deadline = time.monotonic() + 10
while (left := processes.descendants([os.getpid()]) - {os.getpid()}) and time.monotonic() < deadline:
    for pid in left:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass
    time.sleep(0.01)
sys.exit(f"left running: {left}" if left else status)
"""


@pytest.fixture
def grade(place: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WATCHED, GRADE, path, "--assignment", "cs5370-a4", *options]
        environment = {**os.environ, "TMPDIR": str(place), "GRADE_COURSE": str(ROOT)}
        ended = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert "left running" not in ended.stderr
        assert list(place.iterdir()) == []
        return ended

    return run


def refused(ended: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    for part in parts:
        assert part in ended.stderr


def test_a_truncated_zip(grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    path = tmp_path / "CS01_Assign4.zip"
    path.write_bytes(FULL.read_bytes()[:2000])
    refused(grade(path), "CS01_Assign4.zip", "zip")


def test_a_bomb(grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    path = tmp_path / "CS01_Assign4.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"zeros{number}.py", bytes(64 << 20))
    assert path.stat().st_size < 1 << 20
    refused(grade(path), "CS01_Assign4.zip")


def test_a_path_that_leaves_the_archive(grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    path = tmp_path / "CS01_Assign4.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escaped.py", "class CNN: pass\n")
    refused(grade(path), "../../escaped.py")
    assert not list(tmp_path.rglob("escaped.py"))


def test_a_notebook_that_is_not_json(grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    path = tmp_path / "colourization.ipynb"
    path.write_text("class CNN: pass\n")
    refused(grade(path), "colourization.ipynb", "JSON")


def test_a_module_that_is_a_web_page(grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    path = tmp_path / "colourization.py"
    path.write_text("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in</body></html>\n")
    refused(grade(path), "colourization.py", "web page")


def test_nothing_in_it(grade: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    refused(grade(FULL.with_name("empty.zip")), "empty.zip")


def test_a_submission_that_never_returns(
    grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = tmp_path / "colourization.py"
    path.write_text(
        "from torch import nn\n"
        "class CNN(nn.Module):\n    def __init__(self, *sizes):\n        super().__init__()\n"
        "    def forward(self, x):\n        sum(range(10**13))\n"  # in C: no signal handler runs
        "class UNet(nn.Module):\n    def __init__(self, *sizes):\n        while True: pass\n"
    )
    ended = grade(path, "--timeout", "2", "--json", "-")
    assert ended.returncode == 0
    messages = messages_of(ended, "colour/cnn")
    assert "CNN ran for more than 1 s" in messages[0]
    assert "UNet ran for more than 1 s" in messages_of(ended, "colour/unet")[0]


def test_a_submission_that_allocates_without_end(
    grade: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = tmp_path / "colourization.py"
    path.write_text(
        "import torch\nfrom torch import nn\n"
        "class CNN(nn.Module):\n    def __init__(self, *sizes):\n        super().__init__()\n"
        "    def forward(self, x):\n        kept = []\n        while True:\n"
        "            kept.append(torch.ones(16 << 20))\n"
    )
    ended = grade(path, "--json", "-", "--only", "colour/cnn")
    assert ended.returncode == 0
    assert "memory" in messages_of(ended, "colour/cnn")[0]


def messages_of(ended: subprocess.CompletedProcess[str], exercise: str) -> list[str]:
    report = json.loads(ended.stdout)
    return [c["message"] for part in report["parts"] for c in part["criteria"] if c["exercise"] == exercise]
