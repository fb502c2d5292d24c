"""What is left on a terminal, and what happens where nothing can be written: whole processes, as users start them."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT, SAMPLES

GRADE = str(Path(sys.executable).parent / "grade")
SAMPLE = str(SAMPLES / "cs5370-a4-mixed.zip")
ONLY = ("--only", "my_conv2d")
NO_CURSOR = b"\x1b[?25l"


class Terminal:
    """A command under a pseudo-terminal, and all that it wrote there."""

    def __init__(self, *command: str) -> None:
        self.ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "GRADE_COURSE": str(ROOT)}
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.written = b""

    def read(self) -> bool:
        try:
            got = os.read(self.ours, 65_536)
        except OSError:  # the other end is closed
            got = b""
        self.written += got
        return bool(got)

    def end(self) -> int:
        while self.read():
            pass
        return self.process.wait(60)

    @property
    def lines(self) -> list[str]:
        """What a person sees in the end, line by line: later text stands over earlier."""
        rows = []
        for row in self.written.decode().replace("\r\n", "\n").split("\n"):
            shown = ""
            for text in row.split("\r"):
                shown = text + shown[len(text) :]
            rows.append(shown.rstrip())
        return rows


@pytest.fixture
def terminal() -> Iterator[type[Terminal]]:
    started: list[Terminal] = []

    class Started(Terminal):
        def __init__(self, *command: str) -> None:
            super().__init__(*command)
            started.append(self)

    yield Started
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        os.close(one.ours)


@pytest.mark.linux_sandbox
def test_progress_is_gone_when_the_report_stands(terminal: type[Terminal]) -> None:
    shown = terminal(GRADE, SAMPLE, *ONLY)
    assert shown.end() == 0
    assert b"unpacking cs5370-a4-mixed.zip" in shown.written
    assert "unpacking" not in "\n".join(shown.lines)
    assert shown.lines[0].endswith("cs5370-a4 · cs5370-a4-mixed\x1b[0m")
    assert NO_CURSOR not in shown.written


@pytest.mark.linux_sandbox
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_leaves_nothing_of_it(
    terminal: type[Terminal], sent: signal.Signals, status: int
) -> None:
    shown = terminal(GRADE, SAMPLE, *ONLY)
    while b"grading" not in shown.written:
        assert shown.read()
    shown.process.send_signal(sent)
    assert shown.end() == status
    assert [row for row in shown.lines if row] == (["grade: stopped"] if sent == signal.SIGINT else [])
    assert NO_CURSOR not in shown.written


@pytest.mark.linux_sandbox
def test_a_submission_that_cannot_be_graded_leaves_its_error_alone(terminal: type[Terminal]) -> None:
    shown = terminal(GRADE, str(SAMPLES / "empty.zip"))
    assert shown.end() == 1
    (row,) = [row for row in shown.lines if row]
    assert row.startswith("grade: empty.zip: ")
    assert NO_CURSOR not in shown.written


def piped(command: str) -> subprocess.CompletedProcess[str]:
    script = ["bash", "-c", f"set -o pipefail; {command}"]
    return subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("words", ["--help", "-h", "--version", "rubric schema assignment", "rubric show csc321-a2"])
def test_a_reader_that_leaves_early_ends_it_quietly(words: str) -> None:
    ended = piped(f"{GRADE} {words} | true")
    assert (ended.returncode, ended.stderr) in [(141, ""), (0, "")]  # 0: `true` was slower than what it did not read
    assert piped(f"{GRADE} {words} | (sleep 0.2; head -c 1 >/dev/null; exit 0); true").stderr == ""


def test_a_closed_pipe_has_the_status_that_shells_give_it() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([GRADE, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [("TERM=xterm", True), ("TERM=dumb", False), ("TERM=xterm NO_COLOR=1", False), ("TERM=dumb FORCE_COLOR=1", True)],
)
def test_colours_are_for_terminals_that_have_them(terminal: type[Terminal], variables: str, coloured: bool) -> None:
    code = "from grader.cli.screen import results; print(results().color_system, results().width)"
    shown = terminal("env", *variables.split(), sys.executable, "-c", code)
    assert shown.end() == 0
    assert shown.lines[0] == f"{'standard' if coloured else None} 100"


@pytest.mark.linux_sandbox
@pytest.mark.parametrize(("to", "status"), [("| true", 141), ("> /dev/full", 2)])
def test_where_the_table_cannot_be_shown_the_json_is_written_all_the_same(tmp_path: Path, to: str, status: int) -> None:
    for name in ("a.zip", "b.zip"):
        shutil.copy(SAMPLE, tmp_path / name)
    options = f"{' '.join(ONLY)} --assignment cs5370-a4 --json {tmp_path}/report.json"
    assert piped(f"{GRADE} {tmp_path} {options} {to}").returncode == status
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [report["submission"] for report in document["reports"]] == ["a", "b"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
@pytest.mark.parametrize(
    "words", ["--help", "--version", "rubric schema exercise", "rubric show csc321-a2", "rubric check csc321-a2"]
)
def test_a_full_disk_is_named_as_one(words: str) -> None:
    ended = piped(f"{GRADE} {words} > /dev/full")
    assert ended.returncode == 2
    assert ended.stderr == (
        "grade: standard output: cannot be written (No space left on device); results are lost there\n"
    )


@pytest.mark.linux_sandbox
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_report_that_cannot_be_written_as_json_was_still_shown() -> None:
    ended = piped(f"{GRADE} {SAMPLE} {' '.join(ONLY)} --json /dev/full")
    assert ended.returncode == 2
    assert "of 0.5 marks graded here" in ended.stdout
    assert ended.stderr == "grade: --json /dev/full: cannot be written (No space left on device); name another place\n"


def test_standard_output_that_is_closed_is_named() -> None:
    ended = piped(f"{GRADE} --help >&-")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "standard output is closed" in ended.stderr


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
def test_an_error_that_cannot_be_told_keeps_its_status(closed: str) -> None:
    assert piped(f"{GRADE} --nonsense {closed}").returncode == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_without_rights_is_named_before_anything_is_graded(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o500)
    ended = piped(f"{GRADE} {SAMPLE} --json {tmp_path}/mine/report.json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "you may not write there" in ended.stderr


def test_a_release_to_a_place_that_is_none_is_named(tmp_path: Path) -> None:
    ended = piped(f"{GRADE} release csc321-a2 -o /proc/no/a2.zip")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "/proc/no/a2.zip: cannot be written" in ended.stderr


def test_a_course_in_a_place_that_is_none_is_named() -> None:
    ended = piped(f"{GRADE} course new /proc/no/course")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "/proc/no/course: cannot be written" in ended.stderr


@pytest.mark.parametrize("words", ["--help", "-h", "--version", "--nonsense", "chek", "--timeout x work.zip"])
def test_help_and_errors_in_arguments_import_no_terminal_and_no_grading(words: str) -> None:
    code = f"import sys; sys.argv = ['grade', *{words.split()}]\nfrom grader.cli import main\ntry:\n    main()\n"
    code += "except SystemExit:\n    print('MODULES', *sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.splitlines()[-1].split())
    slow = {"rich.console", "rich.table", "numpy", "torch", "grader.grading.line"}
    slow |= set() if "--timeout" in words else {"pydantic", "importlib.metadata"}  # for what is to be converted
    assert loaded & slow == set()
