"""The sandbox: how each kind of end is reported, what it costs, what submissions can see, and that nothing is left."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading.observe import SandboxObserver
from grader.messages.answers import LoadReport
from grader.model.errors import SandboxFault, SessionError, StepTimeoutError
from grader.model.observation import Observation, Outcome
from grader.sandbox import scratch
from grader.sandbox.environment import Limits
from grader.sandbox.kernel.processes import descendants, held_bytes
from grader.sandbox.kernel.rights import address_space
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, Step
from tests.builders import DEFINED, TOY_ID, fixture_of, prepared_of, workspace_of

SMALL = Limits(memory_mb=256, disk_mb=16, cpu_s=20, output_mb=1)
GIVEN = 'GIVEN = {"helper": lambda x: x + 1}'
PROBE = """
def probe(entry, case, see):
    see.fact("before", True)
    see.tensor("output", entry(case["x"]))
"""


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def sandbox(request) -> Iterator[Sandbox]:
    with Sandbox(request.param, "cpu") as opened:
        try:
            tier = opened.tier
        except SandboxFault as fault:
            if os.environ.get("GRADE_REQUIRE_TIERS") == "1":
                raise
            pytest.skip(str(fault))
        assert tier == request.param
        yield opened


def load(session: Session, body: str, timeout_s: float = 10.0) -> LoadReport:
    """Run `body` inside the session while a module is loaded; the judge's view of the answer."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"import os, signal, sys, time\ndef run():\n{lines}\nwanted = run()\n".encode()
    request = {"op": "load", "source": "a.py", "path": "a.py", "kind": "module", "wanted": ["wanted"]}
    request |= {"cells": [("", len(text))], "budget_s": 100.0}
    return session.ask(request, text, LoadReport, Step.lasting("a.py was still loading", timeout_s))


def said(session: Session, body: str) -> str:
    load(session, body)
    return session.log.decode()


def observe(
    sandbox: Sandbox, root: Path, text: str, values: tuple[float, ...] = (1, 2, 3), timeout_s: float = 8.0, **more
) -> dict[float, Observation]:
    """What is seen of `f` in this text, by the value that x is filled with."""
    given = more.pop("given", False)
    workspace = workspace_of(root, text, **more)
    fixture = fixture_of(*values)
    with SandboxObserver(sandbox, workspace, {TOY_ID: prepared_of(PROBE, fixture, timeout_s, GIVEN)}) as observer:
        seen = observer.observe(TOY_ID, DEFINED, given)
    return {value: seen[case.name] for value, case in zip(values, fixture.cases, strict=True)}


# ---------------------------------------------------------------- how a session ends


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("os.abort()", "SIGABRT|SIGSEGV"),  # the first process of a pid namespace cannot abort, it crashes
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("os._exit(3)", "ended itself with status 3"),
        ("os.write(1, b'x' * (2 << 20))", "printed more than 1 MB"),
    ],
    ids=["abort", "crash", "exit", "output"],
)
def test_an_end_is_told_in_words(sandbox, body, reason):
    with sandbox.open(SMALL) as session, pytest.raises(SessionError, match=reason):
        load(session, body)


def test_a_submission_that_never_returns_is_stopped_at_the_deadline(sandbox):
    with sandbox.open(SMALL) as session, pytest.raises(StepTimeoutError, match=r"a\.py was still loading"):
        load(session, "while True: time.sleep(1)", timeout_s=0.5)


def test_one_allocation_that_is_too_large_is_the_submissions_own_error(sandbox):
    with sandbox.open(SMALL) as session:
        answer = load(session, "return bytearray(1 << 32)")
    assert answer.errors["wanted"].type == "MemoryError"


def test_memory_without_end_is_stopped(sandbox):
    with sandbox.open(SMALL) as session:
        try:
            ended = load(session, "held = []\nwhile True: held.append(bytearray(1 << 20))").errors["wanted"].type
        except SessionError as error:
            ended = str(error)
    assert ended in ("MemoryError", "the process was killed: out of memory or processor time")


def test_an_ended_session_says_so_again(sandbox):
    with sandbox.open(SMALL) as session:
        for _ in range(2):
            with pytest.raises(SessionError, match="status 3"):
                load(session, "os._exit(3)")


def test_the_next_session_starts_afresh(sandbox):
    with sandbox.open(SMALL) as session:
        load(session, "import torch\ntorch.relu = None\nopen('left', 'w').write('x')")
    with sandbox.open(SMALL) as session:
        words = said(session, "import torch\nos.write(1, repr((callable(torch.relu), os.listdir('.'))).encode())")
    assert words == "(True, [])"


def test_submissions_processes_carry_nothing_that_only_the_judge_needs(sandbox):
    with sandbox.open(SMALL) as session:
        words = said(session, "os.write(1, ' '.join(sys.modules).encode())").split()
    assert "grader.child.serve" in words
    judges = ("pydantic", "typer", "rich", "grader.judge", "grader.grading", "grader.course", "grader.messages.answers")
    assert [name for name in words if name.startswith(judges)] == []


# ---------------------------------------------------------------- one process for each probe


def test_a_crash_in_one_case_costs_that_case_alone(sandbox, tmp_path):
    text = "import os\ndef f(x):\n    if x[0] == 2: os.abort()\n    return x * 2\n"
    seen = observe(sandbox, tmp_path, text)
    assert seen[2].outcome is Outcome.CRASHED
    assert "signal 6" in seen[2].reason
    assert [seen[v].tensors["output"].array.tolist() for v in (1, 3)] == [[2, 2], [6, 6]]


def test_an_exit_in_one_case_costs_that_case_alone(sandbox, tmp_path):
    seen = observe(sandbox, tmp_path, "import os\ndef f(x):\n    if x[0] == 1: os._exit(0)\n    return x\n")
    assert seen[1].outcome is Outcome.CRASHED
    assert "before the probe was through" in seen[1].reason
    assert {seen[2].outcome, seen[3].outcome} == {Outcome.COMPLETE}


def test_a_case_that_hangs_leaves_time_for_the_others(sandbox, tmp_path):
    text = "import time\ndef f(x):\n    while x[0] == 2: time.sleep(0.1)\n    return x\n"
    seen = observe(sandbox, tmp_path, text, timeout_s=3)
    assert seen[2].outcome is Outcome.TIMED_OUT
    assert "f ran for more than 1.5 s" in seen[2].reason
    assert {seen[1].outcome, seen[3].outcome} == {Outcome.COMPLETE}


def test_an_exception_keeps_what_was_seen_before_it(sandbox, tmp_path):
    seen = observe(sandbox, tmp_path, "def f(x):\n    return x + y\n", values=(1,))
    assert seen[1].outcome is Outcome.RAISED
    assert seen[1].facts == {"before": True}
    assert (seen[1].error.type, seen[1].error.message) == ("NameError", "name 'y' is not defined")


def test_what_one_case_changes_does_not_reach_another_exercise(sandbox, tmp_path):
    text = "import torch\ndef f(x):\n    torch.relu = None\n    return x\n"
    workspace = workspace_of(tmp_path, text)
    probes = {TOY_ID: PROBE, "toy/other": PROBE.replace("entry(case", "__import__('torch').relu(case")}
    exercises = {id_: prepared_of(probe, fixture_of(1)) for id_, probe in probes.items()}
    with SandboxObserver(sandbox, workspace, exercises) as observer:
        for id_ in exercises:
            seen = observer.observe(id_, DEFINED, False)
            assert seen["x = 1"].outcome is Outcome.COMPLETE


def test_given_stands_in_for_the_students_own(sandbox, tmp_path):
    text = "def helper(x):\n    return x - 100\n\ndef f(x):\n    return helper(x)\n"
    assert observe(sandbox, tmp_path, text, values=(1,))[1].tensors["output"].array.tolist() == [-99, -99]
    assert observe(sandbox, tmp_path, text, values=(1,), given=True)[1].tensors["output"].array.tolist() == [2, 2]


def test_data_files_stand_in_the_working_folder(sandbox, tmp_path):
    text = "words = open('words.txt').read()\ndef f(x):\n    return x * len(words)\n"
    assert observe(sandbox, tmp_path, text, values=(1,), words="abc")[1].tensors["output"].array.tolist() == [3, 3]


def test_what_a_probe_makes_student_code_print_is_not_kept(sandbox, tmp_path):
    workspace = workspace_of(tmp_path, "def f(x):\n    print('hidden input', x, flush=True)\n    return x\n")
    with SandboxObserver(sandbox, workspace, {TOY_ID: prepared_of(PROBE, fixture_of(1))}) as observer:
        seen = observer.observe(TOY_ID, DEFINED, False)
        assert b"hidden input" not in observer._session.log
    assert seen["x = 1"].outcome is Outcome.COMPLETE


def test_a_source_that_ends_its_process_is_not_loaded_again_and_again(sandbox, tmp_path, monkeypatch):
    asked = []
    ask = Session.ask
    monkeypatch.setattr(Session, "ask", lambda self, head, *rest: asked.append(head["op"]) or ask(self, head, *rest))
    workspace = workspace_of(tmp_path, "import os\nf = os._exit(5)\n")
    with SandboxObserver(sandbox, workspace, {TOY_ID: prepared_of(PROBE, fixture_of(1, 2))}) as observer:
        for _ in range(2):
            seen = observer.observe(TOY_ID, DEFINED, False)
            assert {o.outcome for o in seen.values()} == {Outcome.CRASHED}
            assert seen["x = 1"].reason == "while a.py was loaded: the process ended itself with status 5"
    assert asked.count("load") == 1


def test_a_name_that_loading_did_not_define_is_reported_with_its_cause(sandbox, tmp_path):
    seen = observe(sandbox, tmp_path, "f = 1 / 0\n", values=(1,))
    assert seen[1].outcome is Outcome.RAISED
    assert seen[1].error.type == "ZeroDivisionError"


def test_a_process_that_ends_after_the_last_case_costs_nothing(sandbox, tmp_path):
    text = (
        "import os\nimport grader.child.serve as serve\noriginal = serve._Service._report_ended\n"
        "def ending(self):\n    if self.probes:\n        os.waitpid(next(iter(self.probes)), 0)\n        os._exit(0)\n"
        "serve._Service._report_ended = ending\ndef f(x, serve=serve, patched=original):\n    return x\n"
    )
    assert {o.outcome for o in observe(sandbox, tmp_path, text).values()} == {Outcome.COMPLETE}


HONEST = {"kind": "loaded", "names": [], "errors": {}, "notes": [], "seconds": 0}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HONEST | {"names": 5}, "(names: Input should be a valid frozenset"),
        (HONEST | {"errors": []}, "(errors: Input should be a valid dictionary"),
        (HONEST | {"passed": True}, "(Extra inputs are not permitted)"),
        ({"kind": "written", "files": 1}, "its message answers something else"),
        ({"kind": "all passed"}, "it is of no known kind"),
        ({}, "it is of no known kind"),
    ],
    ids=["names", "errors", "more", "another", "unknown", "nothing"],
)
def test_a_malformed_loading_report_is_refused(sandbox, tmp_path, answer, reason):
    seen = observe(sandbox, tmp_path, _forging(answer), values=(1,))
    assert seen[1].outcome is Outcome.REFUSED
    assert seen[1].reason.startswith("while a.py was loaded: its message ")
    assert reason in seen[1].reason


def test_long_texts_and_impossible_seconds_in_a_loading_report_do_no_harm(sandbox, tmp_path):
    error = {"type": "KeyError", "message": "x" * 9000, "where": ""}
    answer = HONEST | {"errors": {"f": error}, "notes": ["n"] * 50, "seconds": 10**400}
    seen = observe(sandbox, tmp_path, _forging(answer), values=(1,))
    assert (seen[1].error.type, len(seen[1].error.message)) == ("KeyError", 500)


def _forging(answer: dict) -> str:
    """A module that answers the judge's request to load it by itself."""
    return (
        "import json, os, struct\ndef forge():\n"
        f"    head = json.dumps({answer!r}).encode()\n"
        "    os.write(3, struct.pack('!4sIQ', b'GRD1', len(head), 0) + head)\n    os._exit(0)\nf = forge()\n"
    )


# ---------------------------------------------------------------- nothing is left


def test_processes_and_files_end_with_the_session(sandbox):
    for _ in range(2):  # from the second session on, a process may wait for the next one
        sandbox.open(SMALL).close()
    before = len(descendants([sandbox._process.pid]))
    with sandbox.open(SMALL) as session:
        load(session, "open('file', 'w').write('x')\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)")
        assert len(descendants([sandbox._process.pid])) > before
    assert len(descendants([sandbox._process.pid])) <= before
    assert list(sandbox.folder.iterdir()) == []
    groups = [group for _, below, _ in os.walk("/sys/fs/cgroup") for group in below]  # others come and go meanwhile
    assert [g for g in groups if g.startswith(sandbox.folder.name) and g != sandbox.folder.name] == []


@pytest.mark.parametrize("wait", [False, True], ids=["while it starts", "when it runs"])
def test_closing_the_sandbox_leaves_nothing(sandbox, wait):
    opened = Sandbox(sandbox.tier, "cpu")
    if wait:
        opened.open().close()
    pid = opened._process.pid
    opened.close()
    opened.close()
    assert descendants([pid]) == {pid}
    assert not Path(f"/proc/{pid}").exists()
    assert not opened.folder.exists()


def test_the_sandbox_dies_with_a_message_and_not_with_the_judge(sandbox):
    with Sandbox(sandbox.tier, "cpu") as other:
        session = other.open()
        for pid in sorted(descendants([other._process.pid])):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(SandboxFault, match="the sandbox died"):
            load(session, "return 1")
        with pytest.raises(SandboxFault, match="the sandbox died"):
            session.close()
    assert not other.folder.exists()


# ---------------------------------------------------------------- what submissions see


def test_hidden_folders_cannot_be_read(sandbox):
    grader = Path(scratch.__file__).parents[1]
    course = grader.parent / "solutions"
    hiding = Sandbox(sandbox.tier, "cpu", hidden=[course, grader / "report"])
    with hiding as opened, opened.open(SMALL) as session:
        body = f"for path in {[str(course), str(grader / 'report'), str(grader / 'model')]!r}:\n"
        body += "    try: os.write(1, f'{len(os.listdir(path)) > 0} '.encode())\n"
        body += "    except OSError: os.write(1, b'False ')"
        assert said(session, body) == "False False True "


def test_a_sandbox_that_is_closed_while_submissions_end_says_nothing(sandbox, capfd):
    with Sandbox(sandbox.tier, "cpu") as opened:
        sessions = [opened.open(SMALL) for _ in range(3)]
        for session in sessions:
            opened.retire(session)
    assert capfd.readouterr().err == ""


def test_an_interpreter_that_cannot_be_started_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SandboxFault, match="python cannot be started: No such file or directory"):
        Sandbox("auto", "cpu")
    assert list(tmp_path.iterdir()) == []


def test_no_isolation_still_reports_and_cleans_up():
    with Sandbox("none", "cpu") as opened:
        with opened.open(SMALL) as session:
            assert load(session, "return 1").names == {"wanted"}
        assert opened.tier == "none"
        assert "your rights" in opened.why
    assert not opened.folder.exists()


def test_memory_is_read_from_the_kernel():
    before = held_bytes(os.getpid())
    block = bytearray(b"x") * (64 << 20)
    assert held_bytes(os.getpid()) > before + (60 << 20)
    assert address_space() > len(block)
    assert held_bytes(2**30) == 0


# ---------------------------------------------------------------- the time that a submission has


def asked_of(monkeypatch) -> list[str]:
    """What sessions are asked from now on."""
    asked, ask = [], Session.ask
    monkeypatch.setattr(Session, "ask", lambda self, head, *rest: asked.append(head["op"]) or ask(self, head, *rest))
    return asked


ENDS_EACH = """
def arm():
    import os
    import grader.child.serve as serve

    serve._Service._start_probe = lambda *request: os._exit(0)

armed = arm()

def f(x, armed=armed):
    return x
"""


def test_a_source_that_ended_two_sessions_is_not_loaded_again(sandbox, tmp_path, monkeypatch):
    asked = asked_of(monkeypatch)
    seen = observe(sandbox, tmp_path, ENDS_EACH, values=(1, 2, 3, 4))
    assert asked.count("load") == 2
    assert [seen[v].reason for v in (1, 2)] == ["the process ended itself with status 0"] * 2
    assert {seen[v].reason for v in (3, 4)} == {"not run: a.py ended 2 processes before"}
    assert {o.outcome for o in seen.values()} == {Outcome.CRASHED}


def test_loading_takes_of_the_exercises_time(sandbox, tmp_path):
    text = "import signal, time\ndef pause():\n    signal.setitimer(signal.ITIMER_REAL, 0)\n    time.sleep(1.6)\n"
    text += "slept = pause()\ndef f(x, slept=slept):\n    time.sleep(30)\n"
    seen = observe(sandbox, tmp_path, text, values=(1, 2, 3), timeout_s=2)
    assert {o.outcome for o in seen.values()} == {Outcome.TIMED_OUT}
    assert "f ran for more than" in seen[1].reason
    assert "a.py was still loading after 0" in seen[2].reason or "the 2 s for this exercise" in seen[2].reason


def test_what_loads_for_too_long_once_its_time_was_spent_is_loaded_for_the_next_exercise(sandbox, tmp_path):
    """It is another exercise's hanging case that left too little time: that costs this one nothing."""
    text = "import time\nslept = time.sleep(0.6)\n"
    text += "def f(x, slept=slept):\n    time.sleep(30 if x[0] == 1 else 0)\n    return x\n"
    workspace = workspace_of(tmp_path, text)
    exercises = {TOY_ID: prepared_of(PROBE, fixture_of(1, 2), 2.5), "toy/other": prepared_of(PROBE, fixture_of(3), 2.5)}
    with SandboxObserver(sandbox, workspace, exercises) as observer:
        first, second = (observer.observe(id_, DEFINED, False) for id_ in exercises)
    assert first["x = 1"].outcome is Outcome.TIMED_OUT
    assert second["x = 3"].outcome is Outcome.COMPLETE


def test_a_submission_has_a_time_for_all_it_does_and_the_report_names_it(sandbox, tmp_path):
    workspace = workspace_of(tmp_path, "import time\ndef f(x):\n    time.sleep(30)\n")
    exercise = prepared_of(PROBE, fixture_of(1, 2, 3), 0.5)
    with SandboxObserver(sandbox, workspace, {TOY_ID: exercise}) as observer:
        outcomes = [observer.observe(TOY_ID, DEFINED, False)["x = 3"] for _ in range(5)]
        assert outcomes[-1].reason == "not run: the 1 s for this submission were used up"
        assert observer.notes == ["time: the 1 s that its code may take in all were used up; the rest was not run"]


def test_an_honest_submission_reads_nothing_of_its_time(sandbox, tmp_path):
    workspace = workspace_of(tmp_path, "def f(x):\n    return x\n")
    with SandboxObserver(sandbox, workspace, {TOY_ID: prepared_of(PROBE, fixture_of(1))}) as observer:
        assert observer.observe(TOY_ID, DEFINED, False)["x = 1"].outcome is Outcome.COMPLETE
        assert observer.notes == []


def test_stand_ins_are_sent_to_a_session_of_their_own(sandbox, tmp_path, monkeypatch):
    asked = asked_of(monkeypatch)
    workspace = workspace_of(tmp_path, "def helper(x):\n    return x\n\ndef f(x):\n    return helper(x)\n")
    with SandboxObserver(sandbox, workspace, {TOY_ID: prepared_of(PROBE, fixture_of(1), 8, GIVEN)}) as observer:
        for given in (False, False, True, False):
            observer.observe(TOY_ID, DEFINED, given)
    assert asked.count("load") == 3, "one for the first two, one with the stand-ins, one after it"
