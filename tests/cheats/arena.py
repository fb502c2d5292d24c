"""Runs every attack in one sandbox and prints one line of JSON for each: contained or not, and what it said.

    python arena.py TIER UID

Gives up root first where UID is another user. A process of its own, because an attack that succeeds may end it.
"""

import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors.numpy import save

sys.path.insert(0, str(Path(__file__).parent))

from attacks import SMALL, Attack, Result
from catalogue import ATTACKS
from settings import become

from grader.messages.answers import LoadReport, observation_from
from grader.model.errors import SandboxFault, SessionError, TensorError, WireError
from grader.sandbox.kernel.processes import descendants
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import Session, Step

TAG = f"attack-{os.getpid()}"  # at most 15 characters, and no other arena's
ENVIRONMENT_SECRET = "ENVIRONMENT-SECRET-OF-THE-JUDGE"
PROBE = "def probe(entry, case, see):\n    see.tensor('output', entry(case['x']))\n"
KEY_OF_SHARED_OBJECTS = str(0x6772)
_BROKEN = ("AttributeError", "ImportError", "KeyError", "ModuleNotFoundError", "NameError", "SyntaxError", "TypeError")


class Judge:
    """What attacks look for: a secret in memory, environment and files, and listening sockets."""

    def __init__(self) -> None:
        self.secret = f"SECRET-{secrets.token_hex(16)}"
        self.folder = Path(tempfile.mkdtemp(prefix="judge-"))
        self.folder.chmod(0o755)
        self.files = [self.folder / "expected.txt", self.folder / "readable.txt"]
        for path, mode in zip(self.files, (0o600, 0o644), strict=True):
            path.write_text(self.secret)
            path.chmod(mode)
        self.reached: list[str] = []
        self.sockets = [socket.socket(family, kind) for family, kind in _KINDS]
        tcp, udp, abstract, unix, abstract_datagrams, datagrams = self.sockets
        self.abstract, self.unix = f"judge-{os.getpid()}", str(self.folder / "socket")
        self.datagrams = str(self.folder / "datagrams")
        for sock, address in ((tcp, ("127.0.0.1", 0)), (udp, ("127.0.0.1", 0))):
            sock.bind(address)
        abstract.bind("\0" + self.abstract)
        unix.bind(self.unix)
        abstract_datagrams.bind(f"\0{self.abstract}-datagrams")
        datagrams.bind(self.datagrams)
        for path in (self.unix, self.datagrams):
            Path(path).chmod(0o777)
        names = ("tcp", "udp", "abstract", "unix", "abstract datagrams", "datagrams")
        for sock, name in zip(self.sockets, names, strict=True):
            threading.Thread(target=self._listen, args=(sock, name), daemon=True).start()

    def _listen(self, sock: socket.socket, name: str) -> None:
        if sock.type == socket.SOCK_DGRAM:
            while sock.recv(100):
                self.reached.append(name)
        sock.listen(8)
        while True:
            connection, _ = sock.accept()
            self.reached.append(name)
            connection.close()

    def place(self, launcher: int) -> str:
        known = {
            "JUDGE": os.getpid(),
            "LAUNCHER": launcher,
            "SECRETS": [str(path) for path in self.files],
            "TCP": self.sockets[0].getsockname()[1],
            "UDP": self.sockets[1].getsockname()[1],
            "ABSTRACT": self.abstract,
            "UNIX": self.unix,
            "DATAGRAMS": self.datagrams,
            "ABSTRACT_DATAGRAMS": f"{self.abstract}-datagrams",
            "TAG": TAG,
        }
        return "\n".join(f"{name} = {value!r}" for name, value in known.items())

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()
        shutil.rmtree(self.folder)

    def state(self) -> list[tuple[object, ...]]:
        """Owner, mode, size and time of each of its files."""
        found = sorted([self.folder, *self.folder.iterdir()])
        return [(p.name, *(getattr(p.lstat(), f) for f in ("st_uid", "st_mode", "st_size", "st_mtime"))) for p in found]


_KINDS = (
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET, socket.SOCK_DGRAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_DGRAM),
    (socket.AF_UNIX, socket.SOCK_DGRAM),
)


class Arena:
    def __init__(self, tier: str) -> None:
        os.environ["JUDGE_SECRET"] = ENVIRONMENT_SECRET
        self.sandbox = Sandbox(tier, "cpu")
        self.tier = self.sandbox.tier
        self.judge = Judge()  # after the sandbox started: nothing of it can be in the sandbox's memory
        self.launcher = self.sandbox._process.pid
        self.grouped = self.sandbox._group.held
        for _ in range(2):  # from the second session on, a process may wait for the next one
            self.sandbox.open(SMALL).close()
        self.processes = len(descendants([self.launcher]))
        self.files = self._traces()
        self.descriptors = _open_descriptors()

    def run(self, attack: Attack) -> tuple[str, Result]:
        """What the attack achieved ("" if nothing), and what was seen of it."""
        self.judge.reached.clear()
        ended, report, output = "", None, None
        session = self.sandbox.open(attack.limits)
        try:
            report = self._load(session, attack)
            if attack.called:
                output = self._probe(session)
        except (SessionError, WireError) as error:
            ended = str(error)
        session.close()
        left = tuple(sorted(set(self._traces()) - set(self.files)))
        log = session.log.decode(errors="replace")
        broken = report.errors.get("attack") if report else None
        result = Result(self.tier, self.grouped, log, ended, output, tuple(self.judge.reached), left)
        if broken and broken.type in _BROKEN:
            return f"the attack itself is broken: {broken.type}: {broken.message}", result
        return self._problem(attack, result), result

    def _load(self, session: Session, attack: Attack) -> LoadReport:
        text = attack.text(self.judge.place(self.launcher)).encode()
        head = {"op": "load", "source": "attack.py", "path": "attack.py", "kind": "module", "cells": [["", len(text)]]}
        head |= {"wanted": ["attack"], "budget_s": 100.0}
        step = Step.lasting(f"attack.py was still running after {attack.timeout_s:g} s", attack.timeout_s)
        return session.ask(head, text, LoadReport, step)

    def _probe(self, session: Session) -> object:
        blob = save({"t0": np.ones(2, dtype=np.float32)})
        cases = [[0, {"name": "ones", "settings": {}, "tensors": {"x": "t0"}}]]
        head = {"op": "probe", "exercise": "arena", "source": "attack.py", "entry": "attack"}
        head |= {"code": [["arena/probe.py", len(PROBE)]], "cases": cases}
        output: object = None
        try:
            for answer in session.ask_probe(head, PROBE.encode() + blob, 1, Step.lasting("the probe hung", 8)):
                if isinstance(answer, int):
                    return output or f"ended with status {answer}"
                seen = observation_from(answer, "ones").tensors.get("output")
                output = seen and [seen.type, None if seen.array is None else seen.array.tolist()]
        except (WireError, TensorError) as error:
            return str(error)
        return output

    def _problem(self, attack: Attack, result: Result) -> str:
        if "BREACH" in result.log:
            return "it did what must not be possible: see BREACH in its log"
        if self.judge.secret in result.log or ENVIRONMENT_SECRET in result.log:
            return "it printed a secret of the judge"
        if result.left:
            return f"left behind: {', '.join(result.left)}"
        running = descendants([self.launcher])
        if len(running) > self.processes or _tagged():
            return f"still running: {running | _tagged()}, where {self.processes} were before"
        if _open_descriptors() > self.descriptors:
            return "the judge holds more open descriptors than before"
        return attack.problem(result)

    def _traces(self) -> list[str]:
        """What an attack could leave: files, control groups, shared memory, queues, changes to the judge's files."""
        found = [
            str(path) for folder in (Path(tempfile.gettempdir()), self.sandbox.folder) for path in folder.iterdir()
        ]
        found += [str(path) for path in Path("/dev/shm").glob("grade-leak*")]
        name = self.sandbox.folder.name  # os.walk, as groups of other runs come and go meanwhile
        groups = (Path(above, group) for above, below, _ in os.walk("/sys/fs/cgroup") for group in below)
        found += [str(group) for group in groups if group.name.startswith(name) and group.name != name]
        for name in ("shm", "msg", "sem"):
            rows = Path(f"/proc/sysvipc/{name}").read_text().splitlines()
            found += [f"{name} {row}" for row in rows if row.split()[0] == KEY_OF_SHARED_OBJECTS]
        return found + [str(state) for state in self.judge.state()]


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _tagged() -> set[int]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
        except OSError:
            continue
        if name == TAG:
            found.add(int(folder.name))
    return found


def main() -> None:
    tier = sys.argv[1]
    become(int(sys.argv[2]))
    try:
        arena = Arena(tier)
    except SandboxFault as fault:
        print(json.dumps({"unsupported": str(fault)}), flush=True)
        return
    with arena.sandbox:
        for attack in ATTACKS:
            started = time.monotonic()
            problem, result = arena.run(attack)
            line = {"name": attack.name, "problem": problem, "seconds": time.monotonic() - started, **asdict(result)}
            print(json.dumps(line), flush=True)
    arena.judge.close()
    left = [str(path) for path in Path(tempfile.gettempdir()).iterdir()]
    running = sorted(descendants([os.getpid()]) - {os.getpid()})
    print(json.dumps({"name": "afterwards", "left": left, "running": running}), flush=True)


if __name__ == "__main__":
    main()
