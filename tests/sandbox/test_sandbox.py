"""The sandbox: how each kind of end is reported, what it costs, what submissions can see, and that nothing is left."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading.observe import SandboxObserver
from grader.model.errors import SandboxFault
from grader.model.observation import Observation, Outcome
from grader.sandbox import scratch
from grader.sandbox.kernel import landlock, seccomp
from grader.sandbox.kernel.limits import Limits, address_space, descendants, held_bytes
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, SessionError, Step, StepTimeoutError
from grader.sandbox.tiers import choice as tiers
from grader.sandbox.tiers import namespaces as jail
from grader.sandbox.tiers.choice import Tier
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


def load(session: Session, body: str, timeout_s: float = 10.0) -> dict:
    """Run `body` inside the session while a module is loaded; the judge's view of the answer."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"import os, signal, sys, time\ndef run():\n{lines}\nwanted = run()\n".encode()
    head = {"op": "load", "source": "a.py", "path": "a.py", "kind": "module", "wanted": ["wanted"]}
    head["cells"] = [["", len(text)]]
    return session.ask(head | {"budget_s": 100.0}, text, Step.lasting("a.py was still loading", timeout_s)).head


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
        seen = observer.begin(TOY_ID, DEFINED, given)()
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
    assert answer["errors"]["wanted"]["type"] == "MemoryError"


def test_memory_without_end_is_stopped(sandbox):
    with sandbox.open(SMALL) as session:
        try:
            ended = load(session, "held = []\nwhile True: held.append(bytearray(1 << 20))")["errors"]["wanted"]["type"]
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
            seen = observer.begin(id_, DEFINED, False)()
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
        seen = observer.begin(TOY_ID, DEFINED, False)()
        assert b"hidden input" not in observer._session.log
    assert seen["x = 1"].outcome is Outcome.COMPLETE


def test_a_source_that_ends_its_process_is_not_loaded_again_and_again(sandbox, tmp_path, monkeypatch):
    asked = []
    ask = Session.ask
    monkeypatch.setattr(Session, "ask", lambda self, head, *rest: asked.append(head["op"]) or ask(self, head, *rest))
    workspace = workspace_of(tmp_path, "import os\nf = os._exit(5)\n")
    with SandboxObserver(sandbox, workspace, {TOY_ID: prepared_of(PROBE, fixture_of(1, 2))}) as observer:
        for _ in range(2):
            seen = observer.begin(TOY_ID, DEFINED, False)()
            assert {o.outcome for o in seen.values()} == {Outcome.CRASHED}
            assert seen["x = 1"].reason == "while a.py was loaded: the process ended itself with status 5"
    assert asked.count("load") == 1


def test_a_name_that_loading_did_not_define_is_reported_with_its_cause(sandbox, tmp_path):
    seen = observe(sandbox, tmp_path, "f = 1 / 0\n", values=(1,))
    assert seen[1].outcome is Outcome.RAISED
    assert seen[1].error.type == "ZeroDivisionError"


def test_a_process_that_ends_after_the_last_case_costs_nothing(sandbox, tmp_path):
    text = (
        "import os\nimport grader.child.serve as serve\noriginal = serve._ANSWERS['probe']\n"
        "def ending(*arguments):\n    original(*arguments)\n    os._exit(0)\n"
        "serve._ANSWERS['probe'] = ending\ndef f(x, serve=serve):\n    return x\n"
    )
    assert {o.outcome for o in observe(sandbox, tmp_path, text).values()} == {Outcome.COMPLETE}


@pytest.mark.parametrize(
    "answer",
    [
        {"loaded": 5, "errors": {}},
        {"loaded": ["f"], "errors": [], "notes": []},
        {},
    ],
    ids=["loaded", "errors", "nothing"],
)
def test_a_malformed_loading_report_is_refused(sandbox, tmp_path, answer):
    seen = observe(sandbox, tmp_path, _forging(answer), values=(1,))
    assert (seen[1].outcome, seen[1].reason) == (Outcome.REFUSED, "its loading report was malformed")


def test_odd_notes_and_seconds_in_a_loading_report_do_no_harm(sandbox, tmp_path):
    answer = {"loaded": [], "errors": {"f": {"type": [1]}}, "notes": 7, "seconds": 10**400}
    seen = observe(sandbox, tmp_path, _forging(answer), values=(1,))
    assert seen[1].error.type == "[1]"


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


def test_the_view_has_the_interpreter_and_no_course(tmp_path):
    package = tmp_path / "site-packages" / "grader"
    (package / "shipped").mkdir(parents=True)
    view = jail.interpreter_view(package, [package / "shipped"], cuda=False)
    assert str(package) in view.readable
    assert str(package / "shipped") in view.hidden
    assert not any(Path(p).is_relative_to(tmp_path) for p in view.readable if p != str(package))
    assert str(package) not in tiers.readable_paths(view), "Landlock must allow what is in it one by one"


def test_another_installed_copys_course_is_hidden_too(tmp_path, monkeypatch):
    course = tmp_path / "lib" / "python3.11" / "site-packages" / "grader" / "shipped"
    course.mkdir(parents=True)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert str(course) in jail.interpreter_view(tmp_path / "elsewhere", [], cuda=False).hidden


def test_a_view_names_no_path_within_another(tmp_path):
    view = jail.interpreter_view(tmp_path / "grader", [], cuda=False)
    paths = [Path(p) for p in view.readable]
    assert not [(a, b) for a in paths for b in paths if a != b and a.is_relative_to(b)]


def test_a_sandbox_that_is_closed_while_submissions_end_says_nothing(sandbox, capfd):
    with Sandbox(sandbox.tier, "cpu") as opened:
        sessions = [opened.open(SMALL) for _ in range(3)]
        for session in sessions:
            opened.retire(session)
    assert capfd.readouterr().err == ""


def test_without_follows_no_link_back_to_the_hidden(tmp_path):
    """A virtual environment's lib64 is a link to its lib: a rule for the link would allow all of lib."""
    (tmp_path / "lib" / "secret").mkdir(parents=True)
    (tmp_path / "lib" / "shown").mkdir()
    (tmp_path / "lib64").symlink_to("lib")
    assert landlock.without(tmp_path, [tmp_path / "lib" / "secret"]) == [tmp_path / "lib" / "shown"]


def test_without_keeps_everything_but_the_hidden(tmp_path):
    for name in ("a/b/c", "a/b/d", "a/e", "f"):
        (tmp_path / name).mkdir(parents=True)
    kept = landlock.without(tmp_path, [tmp_path / "a" / "b" / "c"])
    assert kept == [tmp_path / "a" / "b" / "d", tmp_path / "a" / "e", tmp_path / "f"]
    assert landlock.without(tmp_path, []) == [tmp_path]
    assert landlock.without(tmp_path, [tmp_path]) == []
    assert landlock.without(tmp_path, [Path("/elsewhere")]) == [tmp_path]


# ---------------------------------------------------------------- tiers that do not hold


def test_a_tier_that_does_not_hold_says_why_and_what_to_do(tmp_path, monkeypatch):
    view = jail.interpreter_view(tmp_path, [], cuda=False)
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(SandboxFault, match=r"landlock: this kernel \(.*\) has no Landlock.*--isolation none"):
        tiers.choose("landlock", str(tmp_path), view)


def test_another_system_has_no_tier(tmp_path, monkeypatch):
    view = jail.interpreter_view(tmp_path, [], cuda=False)
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(SandboxFault) as refused:
        tiers.choose("auto", str(tmp_path), view)
    assert "namespaces: needs Linux, this is darwin; landlock: needs Linux, this is darwin" in str(refused.value)
    assert tiers.choose("none", str(tmp_path), view).tier is Tier.NONE


def test_an_interpreter_out_of_reach_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    if os.getuid() == 0:  # the dry run gives up root before it looks
        tmp_path.chmod(0o700)
    view = jail.View((str(closed),), (), ())
    with pytest.raises(SandboxFault, match=r"closed is out of reach of an ordinary user: install Python"):
        tiers.choose("landlock", str(tmp_path), view)


def test_an_interpreter_that_cannot_be_started_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SandboxFault, match="python cannot be started: No such file or directory"):
        Sandbox("auto", "cpu")
    assert list(tmp_path.iterdir()) == []


def test_a_processor_without_a_filter_is_refused(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(OSError, match="no seccomp filter for processor riscv64"):
        seccomp.assemble(shares_user=True, deny_shared_objects=True)


def test_no_isolation_still_reports_and_cleans_up():
    with Sandbox("none", "cpu") as opened:
        with opened.open(SMALL) as session:
            assert load(session, "return 1")["loaded"] == ["wanted"]
        assert opened.tier is Tier.NONE
        assert "your rights" in opened.why
    assert not opened.folder.exists()


# ---------------------------------------------------------------- folders that mean harm


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


def test_memory_is_read_from_the_kernel():
    before = held_bytes(os.getpid())
    block = bytearray(b"x") * (64 << 20)
    assert held_bytes(os.getpid()) > before + (60 << 20)
    assert address_space() > len(block)
    assert held_bytes(2**30) == 0
