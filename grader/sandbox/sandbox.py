"""The judge's handle on the sandbox: starts the launcher, opens a session for each submission.
Light to import: the launcher, which imports torch, is the first thing that starts."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.messages.frames import send_frame
from grader.messages.requests import SandboxSettings, Served
from grader.model.errors import SandboxFault, UsageError
from grader.sandbox import scratch
from grader.sandbox.environment import OF_A_COURSE, Limits, clean_environment, command
from grader.sandbox.tiers.tier import ANY, UNCONFINED, Tier, new_tier

if TYPE_CHECKING:
    from grader.messages.answers import SandboxReady
    from grader.sandbox.confined_session import ConfinedSession, Control
    from grader.sandbox.session import Session
    from grader.sandbox.spawned import SpawnedSandbox

_START_TIMEOUT_S = 120.0
_END_TIMEOUT_S = 10.0


class Sandbox(contextlib.AbstractContextManager["Sandbox"]):
    """A running sandbox. A context manager: leaving it ends every process and removes every file of it.
    `isolation` is "auto", "any" or a tier's name; `device` is "auto", "cpu" or "cuda"; `hidden` are folders that
    submissions must not see even where they lie inside the interpreter's own (a course in site-packages). It `serves`
    submissions, or a course's own modules, which need no torch. Raises UsageError on systems that have no processes as
    it needs them."""

    def __init__(
        self, isolation: str, device: str, *, hidden: Sequence[Path] = (), serves: Served = "submissions"
    ) -> None:
        if not can_fork():
            needed = "grading other people's code needs Linux or, on Windows, WSL"
            raise UsageError(f"{needed}; check your own work in its release's folder")
        from grader.sandbox.kernel.processes import ControlGroup
        from grader.sandbox.kernel.rights import unused_uid

        self.device = device
        self._limits = Limits() if serves == "submissions" else OF_A_COURSE
        self.waited_s = 0.0
        self._count = 0
        self._spare: ConfinedSession | None = None  # asked for, not started
        self._retired: list[Session] = []
        self.folder = Path(tempfile.mkdtemp(prefix="grade-"))
        if os.getuid() == 0:  # the launcher becomes who its folder belongs to
            uid = unused_uid()
            os.chown(self.folder, uid, uid)
        self._group = ControlGroup(self.folder.name)
        self._start(
            {
                "isolation": isolation,
                "device": device,
                "root": str(self.folder),
                "hidden": [str(path) for path in hidden],
                "memory_is_held": self._group.held,
                "serves": serves,
            }
        )

    def _start(self, settings: SandboxSettings) -> None:
        from grader.sandbox.kernel import syscalls

        self._socket, theirs = socket.socketpair()
        with theirs:
            try:
                environment, started = clean_environment(), command("grader.sandbox.zygote", theirs.fileno(), "-s")
                if prefix := self._group.prefix:  # whoever that is needs our environment, and clears it
                    started = [*prefix, *(f"{name}={value}" for name, value in environment.items()), *started]
                self._process = subprocess.Popen(
                    started,
                    pass_fds=[theirs.fileno()],
                    env=None if self._group.prefix else environment,
                    stdin=subprocess.DEVNULL,
                    cwd="/",
                )
            except BaseException as error:
                self._socket.close()
                self._group.remove()
                scratch.remove(self.folder)
                if isinstance(error, OSError):
                    raise SandboxFault(f"{sys.executable} cannot be started: {error.strerror}") from None
                raise
        if self._group.held:
            self._group.add(self._process.pid)
        with contextlib.suppress(OSError):  # gone already, as waiting for it will tell
            send_frame(self._socket, settings)  # only now does it fork
        if sys.platform == "linux" and settings["serves"] == "submissions":  # a notebook is served with a course
            # nobody of our user may read our memory or environment, whichever tier holds
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)

    @cached_property
    def _control(self) -> "Control":
        from grader.sandbox.confined_session import Control

        return Control(self._socket)

    @cached_property
    def _ready(self) -> "SandboxReady":
        started = time.monotonic()
        ready = self._control.wait_until_ready(_START_TIMEOUT_S)
        self.waited_s = time.monotonic() - started
        return ready

    @cached_property
    def _tier(self) -> Tier:
        return new_tier(self.tier)

    @property
    def tier(self) -> str:
        """The name of the tier that holds."""
        return self._ready.tier

    @property
    def why(self) -> str:
        """Why no stronger tier holds, or what is weaker than usual; empty where nothing is."""
        return self._ready.why

    @property
    def versions(self) -> dict[str, str]:
        return self._ready.versions

    def open(self, limits: Limits | None = None) -> "Session":
        """A session for one submission: a confined child of its own. Close or retire it to end all its processes."""
        limits = limits or self._limits
        self._finish_retired()
        session, self._spare = self._spare, None
        if session is not None and session.limits != limits:
            session.close()
            session = None
        if session is None:
            session = self._ask_for_child(limits)
        if self._group.held:
            self._group.set(limits)
        session.start()
        if self._count > 1 and self._tier.overlaps:
            # One after the other: the next child is confined while this submission computes.
            self._spare = self._ask_for_child(limits)
        return session

    def retire(self, session: "Session") -> None:
        """Close a session, without waiting for the end of its processes where the next one may run beside them."""
        if self._tier.overlaps:
            session.hang_up()
            self._retired.append(session)
        else:
            session.close()

    def _finish_retired(self) -> None:
        while self._retired:
            self._retired.pop().finish()

    def _ask_for_child(self, limits: Limits) -> "ConfinedSession":
        from grader.sandbox.confined_session import ConfinedSession

        self._count += 1
        return ConfinedSession(self._control, self._count, limits, self._tier.make_folder(self.folder, self._count))

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox; harmless to repeat."""
        spare, self._spare = self._spare, None
        try:
            if spare is not None:
                self.retire(spare)
            self._finish_retired()
        finally:
            self._socket.close()
            if "_ready" not in vars(self):  # still starting: it would not notice
                self._process.kill()
            try:
                self._process.wait(_END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._group.remove()
            scratch.remove(self.folder)


def can_fork() -> bool:
    """Whether this system has what the sandbox is made of."""
    try:
        import fcntl  # noqa: F401
        import resource  # noqa: F401
    except ImportError:
        return False
    return hasattr(os, "fork")


def start_sandbox(
    isolation: str, device: str, *, hidden: Sequence[Path], serves: Served = "submissions"
) -> "Sandbox | SpawnedSandbox":
    """What runs other people's code on this system with this isolation; see `Sandbox` for the arguments and errors."""
    if isolation in (UNCONFINED, ANY) and not (sys.platform == "linux" and can_fork()):
        from grader.sandbox.spawned import SpawnedSandbox

        return SpawnedSandbox(device, serves)
    return Sandbox(isolation, device, hidden=hidden, serves=serves)
