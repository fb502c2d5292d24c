"""A course's own probe and solutions, where they are recorded and audited, reach no more than a submission does."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import TOY

pytestmark = pytest.mark.linux_sandbox
GRADE = str(Path(sys.executable).with_name("grade"))
GELU = "activations/gelu"
HARM = """
def _harm():
    import os, socket
    found = []
    for name, action in {{
        "write": lambda: open({canary!r}, "w"),
        "change": lambda: open({rubric!r}, "a"),
        "environment": lambda: os.environ["JUDGE_SECRET"],
        "list": lambda: os.listdir({folder!r}),
        "connect": lambda: socket.create_connection(("127.0.0.1", {port}), 1),
    }}.items():
        try:
            action()
        except (OSError, KeyError):
            continue
        found.append(name)
    assert not found, f"BREACH {{found}}"


_harm()
"""
COMMANDS = [("fixtures", "verify"), ("fixtures", "build"), ("audit",)]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOY, tmp_path / "course"))


@pytest.fixture
def harm(tmp_path: Path, course: Path) -> Iterator[str]:
    """Code that tries to do harm, and raises where it did some."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield HARM.format(
            canary=str(tmp_path / "canary"),
            rubric=str(course / "rubrics/week-1.toml"),
            folder=str(course),
            port=server.getsockname()[1],
        )


def run(course: Path, *command: str) -> subprocess.CompletedProcess[str]:
    words = [GRADE, *command, GELU, "--course", str(course)]
    environment = {"JUDGE_SECRET": "x", "PATH": "/usr/bin:/bin"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("file", ["probe", "reference", "chaff"])
def test_what_is_recorded_or_audited_reaches_nothing(
    tmp_path: Path, course: Path, harm: str, command: tuple[str, ...], file: str
) -> None:
    path = {
        "probe": course / f"fixtures/{GELU}/probe.py",
        "reference": course / f"solutions/{GELU}/reference.py",
        "chaff": next((course / f"solutions/{GELU}/chaffs").glob("*.py")),
    }[file]
    path.write_text(f"{path.read_text()}\n{harm}")
    rubric = (course / "rubrics/week-1.toml").read_text()
    done = run(course, *command)
    assert "BREACH" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if command != ("fixtures", "verify"):  # which tells that the file has changed
        assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "canary").exists()
    assert (course / "rubrics/week-1.toml").read_text() == rubric


def test_the_harm_is_seen_where_nothing_holds_it(tmp_path: Path, harm: str) -> None:
    environment = {"JUDGE_SECRET": "x"}
    done = subprocess.run([sys.executable, "-c", harm], env=environment, capture_output=True, text=True, check=False)
    assert "BREACH ['write', 'change', 'environment', 'list', 'connect']" in done.stderr
    assert (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import os; os._exit(7)", "its own files ended the work on it: the process"),
        ("import os; os.write(3, b'x' * 100)", "its own files ended the work on it: the process sent bytes"),
        ("raise SystemExit", "its own files ended the work on it"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_ends_the_work_is_one_line(course: Path, command: tuple[str, ...], text: str, told: str) -> None:
    path = course / f"fixtures/{GELU}/probe.py"
    path.write_text(f"{path.read_text()}\n{text}\n")
    recorded = [(p, p.read_bytes()) for p in sorted((course / f"fixtures/{GELU}").glob("*.safetensors"))]
    done = run(course, *command)
    assert done.returncode == 2
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert [(p, p.read_bytes()) for p, _ in recorded] == recorded
