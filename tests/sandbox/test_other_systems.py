"""Where the system has no fork, no resource limits and no file locks (Windows): what can be imported, what is said."""

import os
import subprocess
import sys

import pytest

from tests.places import NOT_UNIX


def on_such_a_system(code: str) -> subprocess.CompletedProcess[str]:
    where = os.environ | {"PYTHONPATH": str(NOT_UNIX)}
    return subprocess.run([sys.executable, "-c", code], env=where, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "modules",
    [
        "grader.cli",
        "grader.cli.app",
        "grader.grading.line, grader.grading.observe, grader.grading.selfcheck, grader.grading.kept_runs",
        "grader.report.terminal, grader.report.as_json",
        "grader.sandbox.sandbox, grader.sandbox.session, grader.sandbox.doctor",
        "grader.messages.answers",
        "grader.authoring.audit, grader.authoring.record.fixtures",
    ],
)
def test_what_the_judge_imports_needs_no_such_system(modules):
    ended = on_such_a_system(f"import {modules}")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_sandbox_is_refused_in_one_line():
    ended = on_such_a_system(
        "from grader.model.errors import UsageError\nfrom grader.sandbox.sandbox import Sandbox\n"
        "for isolation in ('auto', 'none'):\n"
        "    try: Sandbox(isolation, 'cpu')\n"
        "    except UsageError as error: print(error)"
    )
    line = "grading other people's code needs Linux or, on Windows, WSL; check your own work in its release's folder\n"
    assert (ended.stdout, ended.stderr) == (line * 2, "")


def test_doctor_says_it_too():
    ended = on_such_a_system("from grader.sandbox.doctor import examine\nprint(*examine('auto'), sep='\\n')")
    assert ended.stdout.startswith("Examined(name='isolation', ok=False, detail=\"grading other people's code needs")
    assert ended.stdout.count("\n") == 1
