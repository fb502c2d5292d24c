"""Sessions without fork: what one probe leaves behind, how they end, and what is said where none can be had."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from grader.grading.observe import SandboxObserver
from grader.messages.answers import LoadReport
from grader.model.errors import SandboxFault, SessionError
from grader.model.observation import Outcome
from grader.sandbox import spawned
from grader.sandbox.sandbox import Sandbox, start_sandbox
from grader.sandbox.session import Step
from grader.sandbox.spawned import SpawnedSandbox
from tests.builders import DEFINED, TOY_ID, fixture_of, prepared_of, workspace_of
from tests.places import ROOT

PROBE = """
import os, torch
def probe(entry, case, see):
    see.fact("found", [torch.is_grad_enabled(), os.path.exists("a.py")])
    see.tensor("output", entry(case["x"]))
"""
GIVEN = "GIVEN = {'helper': lambda x: x + 100}\n"
CHANGES_ALL = """
import os, torch
count = 0
def helper(x): return x
def f(x):
    global count
    count += 1
    torch.set_grad_enabled(False)
    os.chdir('/')
    print("printed", input) or x.sum()
    return helper(x) + count
"""


@pytest.fixture(scope="module")
def sandbox():
    with closing(SpawnedSandbox("cpu")) as opened:
        yield opened


def test_a_probe_finds_all_as_it_was_loaded(sandbox, tmp_path):
    prepared = prepared_of(PROBE, fixture_of(1), given=GIVEN)
    with SandboxObserver(sandbox, workspace_of(tmp_path, CHANGES_ALL), {TOY_ID: prepared}) as observer:
        for given, value in ((False, 2), (True, 102), (False, 2)):
            (seen,) = observer.observe(TOY_ID, DEFINED, given).values()
            assert (seen.outcome, seen.facts["found"]) == (Outcome.COMPLETE, [True, True])
            assert seen.tensors["output"].array.tolist() == [value, value]


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [
        ("raise ValueError('no')", Outcome.RAISED, ""),
        ("import os; os._exit(3)", Outcome.CRASHED, "the process ended itself with status 3"),
        ("while True: pass", Outcome.TIMED_OUT, "f ran for more than 1 s"),
        ("raise SystemExit", Outcome.RAISED, ""),
    ],
)
def test_what_breaks_costs_its_case_alone(sandbox, tmp_path, code, outcome, reason):
    text = f"def f(x):\n    if x[0] == 2: exec({code!r})\n    return x\n"
    prepared = prepared_of(PROBE, fixture_of(1, 2, 3), timeout_s=2)
    with SandboxObserver(sandbox, workspace_of(tmp_path, text), {TOY_ID: prepared}) as observer:
        seen = list(observer.observe(TOY_ID, DEFINED, False).values())
    assert [s.outcome for s in seen] == [Outcome.COMPLETE, outcome, Outcome.COMPLETE]
    assert seen[1].reason == reason


def test_a_session_that_was_ended_says_so_again(sandbox):
    with sandbox.open() as session:
        session.hang_up()
        for _ in range(2):
            with pytest.raises(SessionError, match="out of memory"):
                session.ask({"op": "files", "files": [], "course": 0}, b"", LoadReport, Step.lasting("writing", 9))


def test_no_process_outlives_the_judge(tmp_path):
    code = (
        "from grader.sandbox.spawned import *; from grader.messages.answers import LoadReport\n"
        "session = SpawnedSandbox('cpu').open(); print(session._process.pid, flush=True)\n"
        "cells, step = [('', 43)], Step.lasting('loading', 99)\n"
        "request = {'op': 'load', 'source': 'a', 'path': 'a.py', 'kind': 'module', 'cells': cells, 'wanted': ['f'],"
        " 'budget_s': 900}\n"
        "session.ask(request, b'f = next(x for x in iter(int, 1) if x != 0)', LoadReport, step)\n"
    )
    judge = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with judge:
        child = int(judge.stdout.readline())
        time.sleep(0.5)
        os.kill(child, 0)
        judge.kill()
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("it goes on")


def test_why_none_starts_is_said(monkeypatch, tmp_path):
    (tmp_path / "torch.py").write_text("raise OSError('a library is missing')")
    where = spawned.own_environment() | {"PYTHONPATH": str(tmp_path)}
    monkeypatch.setattr(spawned, "own_environment", lambda: where)
    said = r"(?s)a process for submissions did not start: .* status 1 .*OSError: a library is missing"
    with closing(SpawnedSandbox("cpu")) as broken, pytest.raises(SandboxFault, match=said):
        broken.open()


@pytest.mark.parametrize(
    ("platform", "kind"), [("linux", Sandbox), ("darwin", SpawnedSandbox), ("win32", SpawnedSandbox)]
)
def test_only_linux_forks_what_is_not_confined(monkeypatch, platform, kind):
    monkeypatch.setattr("sys.platform", platform)
    started = start_sandbox("none", "cpu", hidden=())
    monkeypatch.undo()
    with closing(started):
        assert type(started) is kind
        assert (started.tier, started.device) == ("none", "cpu")
        assert started.why == "asked for: submissions run with your rights"
        assert started.versions.keys() == {"python", "torch", "numpy"}
