"""Limits held by the user's systemd, which a stand-in plays here: a scope is taken where it really holds."""

import os
import subprocess
from pathlib import Path

import pytest

from grader.sandbox.environment import Limits
from grader.sandbox.kernel import processes
from grader.sandbox.kernel.processes import ControlGroup
from grader.sandbox.sandbox import Sandbox

NAME = "grade-toy"
RUNS_IT = """#!/bin/sh
for argument; do
    case $argument in -*) shift ;; *) break ;; esac
done
echo "$@" >> {said}
exec "$@"
"""


@pytest.fixture
def systemd(tmp_path, monkeypatch) -> Path:
    """A machine on which no group can be made by hand, and whose systemd runs what it is asked to."""
    groups = tmp_path / "groups"
    (groups / NAME).mkdir(parents=True)  # as if somebody else's
    (groups / "cgroup.controllers").touch()
    own = subprocess.run(["sed", "-n", "s/^0:://p", "/proc/self/cgroup"], capture_output=True, text=True).stdout.strip()
    limit = groups / own.lstrip("/") / "memory.max"
    limit.parent.mkdir(parents=True, exist_ok=True)
    limit.write_text(f"{processes._memory(Limits())}\n")
    program = tmp_path / "bin" / "systemd-run"
    program.parent.mkdir()
    program.write_text(RUNS_IT.format(said=tmp_path / "said"))
    program.chmod(0o755)
    monkeypatch.setattr(processes, "_CONTROL_GROUPS", groups)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return limit


def test_a_scope_that_holds_is_taken(systemd):
    group = ControlGroup(NAME)
    assert group.held
    assert group.prefix[:3] == ["systemd-run", "--user", "--scope"]
    assert {"-pMemoryMax=3221225472", "-pTasksMax=80", "-pDelegate=yes", f"--unit={NAME}"} <= set(group.prefix)
    ran = subprocess.run([*group.prefix, "A=1", "env"], capture_output=True, text=True, check=True)
    assert ran.stdout == "A=1\n", "nothing of the judge's environment"


@pytest.mark.parametrize("limit", ["max\n", "1234\n", ""])
def test_a_scope_that_holds_nothing_is_not_taken(systemd, limit):
    systemd.write_text(limit)
    assert not ControlGroup(NAME).held


@pytest.mark.parametrize("program", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nsleep 60\n", "#!/nowhere\n"])
def test_a_systemd_that_does_not_answer_is_done_without(systemd, tmp_path, monkeypatch, program):
    monkeypatch.setattr(processes, "_SCOPE_TIMEOUT_S", 0.2)
    (tmp_path / "bin" / "systemd-run").write_text(program)
    assert not ControlGroup(NAME).held


def test_without_a_session_none_is_asked_for(systemd, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert not ControlGroup(NAME).held
    assert not (tmp_path / "said").exists()


def test_a_sandbox_starts_in_its_scope(systemd, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix: (tmp_path / NAME).mkdir() or str(tmp_path / NAME))
    tmp_path.parent.chmod(0o755)
    with Sandbox("none", "cpu") as sandbox:
        assert sandbox.tier == "none"
    assert "grader.sandbox.zygote" in (tmp_path / "said").read_text()
