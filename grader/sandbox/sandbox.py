"""The judge's handle on the sandbox: starts the launcher, opens a session for each submission."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.messages.frames import Frame, WireError, receive_frame, send_frame
from grader.model.errors import SandboxFault
from grader.sandbox import launcher, scratch
from grader.sandbox.kernel import syscalls
from grader.sandbox.kernel.limits import ControlGroup, Limits
from grader.sandbox.session import Session
from grader.sandbox.tiers.choice import SANDBOX_UID, Tier

_START_TIMEOUT_S = 120.0
_DIED = "the sandbox died; grade the submission again"
_END_TIMEOUT_S = 10.0


class Sandbox:
    """A running sandbox. A context manager: leaving it ends every process and removes every file of it.

    `isolation` is "auto" or a tier's name; `device` is "auto", "cpu" or "cuda"; `hidden` are folders that
    submissions must not see even where they lie inside the interpreter's own (a course in site-packages).
    """

    def __init__(self, isolation: str, device: str, *, hidden: Sequence[Path] = ()) -> None:
        self.device = device
        self._count = 0
        self._spare: Session | None = None  # asked for, not started
        self._retired: list[Session] = []
        self._exits: dict[int, Frame] = {}
        self._ready: Frame | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="grade-"))
        if os.getuid() == 0:
            os.chown(self.folder, SANDBOX_UID, SANDBOX_UID)
        self._group = ControlGroup(self.folder.name)
        self.waited_s = 0.0
        config = {
            "isolation": isolation,
            "device": device,
            "root": str(self.folder),
            "hidden": [str(path) for path in hidden],
            "control_group": self._group.held,
        }
        self._start(config)

    def _start(self, config: dict[str, Any]) -> None:
        ours, theirs = socket.socketpair()
        self.control = ours
        with theirs:
            try:
                self._process = subprocess.Popen(
                    launcher.command(theirs.fileno()),
                    pass_fds=[theirs.fileno()],
                    env=launcher.environment(),
                    stdin=subprocess.DEVNULL,
                    cwd="/",
                )
            except BaseException as error:
                ours.close()
                self._group.remove()
                scratch.remove(self.folder)
                if isinstance(error, OSError):
                    raise SandboxFault(f"{sys.executable} cannot be started: {error.strerror}") from None
                raise
        if self._group.held:
            self._group.add(self._process.pid)
        send_frame(ours, config)  # only now does it fork
        if sys.platform == "linux":
            # nobody of our user may read our memory or environment, whichever tier holds
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)

    def _wait_until_ready(self) -> Frame:
        if self._ready is None:
            started = time.monotonic()
            self.control.settimeout(_START_TIMEOUT_S)
            try:
                frame = receive_frame(self.control, max_head=launcher.MAX_CONTROL_HEAD, max_blob=0)
            except (EOFError, OSError, WireError) as error:
                raise SandboxFault(f"the sandbox did not start: {error or type(error).__name__}") from None
            self.control.settimeout(None)
            self.waited_s = time.monotonic() - started
            if "failed" in frame.head:
                raise SandboxFault(str(frame.head["failed"]))
            self._ready = frame
        return self._ready

    @property
    def tier(self) -> Tier:
        return Tier(self._wait_until_ready().head["ready"]["tier"])

    @property
    def why(self) -> str:
        """Why no stronger tier holds, or what is weaker than usual; empty where nothing is."""
        return str(self._wait_until_ready().head["ready"]["why"])

    @property
    def versions(self) -> dict[str, str]:
        return dict(self._wait_until_ready().head["ready"]["versions"])

    def open(self, limits: Limits = Limits()) -> Session:  # noqa: B008
        """A session for one submission: a confined child of its own. Close or retire it to end all its processes."""
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
        if self._count > 1 and self.tier is Tier.NAMESPACES:
            # One after the other: the next child gets its namespaces while this submission computes.
            # Where submissions share a user, none may be there while another one runs.
            self._spare = self._ask_for_child(limits)
        return session

    def retire(self, session: Session) -> None:
        """Close a session without waiting for the end of its processes, where namespaces keep them apart."""
        if self.tier is Tier.NAMESPACES:
            session.hang_up()
            self._retired.append(session)
        else:
            session.close()

    def _finish_retired(self) -> None:
        while self._retired:
            self._retired.pop().finish()

    def _ask_for_child(self, limits: Limits) -> Session:
        tier = self.tier
        self._count += 1
        folder = None
        if tier is not Tier.NAMESPACES:
            folder = self.folder / f"submission-{self._count}"
            folder.mkdir(mode=0o700)
            if os.getuid() == 0 and tier is Tier.LANDLOCK:
                os.chown(folder, SANDBOX_UID, SANDBOX_UID)
        return Session(self, self._count, limits, folder)

    def kill(self, number: int) -> None:
        """Have the zygote kill a session's first process."""
        try:
            send_frame(self.control, {"kill": number})
        except OSError:
            raise SandboxFault(_DIED) from None

    def read_exits(self) -> None:
        """Take in what the zygote has to say; call it when the control socket is readable."""
        try:
            frame = receive_frame(self.control, max_head=launcher.MAX_CONTROL_HEAD, max_blob=0)
        except (EOFError, OSError, WireError):
            raise SandboxFault(_DIED) from None
        self._exits[frame.head["exit"]] = frame

    def exit_of(self, number: int) -> Frame | None:
        return self._exits.get(number)

    def take_exit(self, number: int) -> Frame | None:
        """As `exit_of`, for the last time: a class of hundreds leaves nothing behind."""
        return self._exits.pop(number, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox; harmless to repeat."""
        spare, self._spare = self._spare, None
        try:
            if spare is not None:
                self.retire(spare)
            self._finish_retired()
        finally:
            self._end()

    def _end(self) -> None:
        self.control.close()
        if self._ready is None:
            self._process.kill()
        try:
            self._process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._group.remove()
        scratch.remove(self.folder)
