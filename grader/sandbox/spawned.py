"""Your own code where processes cannot be forked: no sandbox, but a process of its own, started anew after a crash.
Windows has no fork, and what macOS computes with may not be used after one."""

import platform
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version

from grader.messages.frames import Frame, read_frame, write_frame
from grader.messages.requests import RunProbe, Served
from grader.model.errors import SessionError, StepTimeoutError, WireError
from grader.sandbox.environment import command, own_environment
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.session import END_TIMEOUT_S, MAX_BLOB, MAX_HEAD, Session, Step, epitaph
from grader.sandbox.tiers.tier import UNCONFINED, WHY_UNCONFINED

_MODULES = {"submissions": "grader.child.spawned", "course": "grader.child.course"}
_NEAR_S = 0.1  # a process that ends so shortly before its deadline was ended by it


class SpawnedSession(Session):
    """A process that runs a submission with this user's rights, and the pipes to it."""

    def __init__(self, device: str, serves: Served) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (open for as long as the process is)
        self._process = subprocess.Popen(
            command(_MODULES[serves], device),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=own_environment(),
            cwd=self._folder.name,
        )

    def ask_probe(self, request: RunProbe, blob: bytes, count: int, step: Step) -> Iterator[Frame | int]:
        self._send(request, blob, (), step)
        return (self._next(step) for _ in range(count))

    def _send(self, head: Mapping[str, object], blob: bytes, fds: Sequence[int], step: Step) -> None:
        with self._killed_after(step):
            write_frame(self._process.stdin, head, blob)  # type: ignore[arg-type]  # it is a pipe

    def _next(self, step: Step) -> Frame:
        with self._killed_after(step):
            return read_frame(self._process.stdout, max_head=MAX_HEAD, max_blob=MAX_BLOB)  # type: ignore[arg-type]

    @contextmanager
    def _killed_after(self, step: Step) -> Iterator[None]:
        """No system lets all of them wait for a pipe and for a time; but the end of the process ends the wait."""
        if self._ended:
            raise SessionError(self._ended)
        timer = threading.Timer(max(0.0, step.deadline - time.monotonic()), self._process.kill)
        timer.start()
        try:
            yield
        except (EOFError, OSError):
            if time.monotonic() > step.deadline - _NEAR_S:
                raise self._end(step.what, StepTimeoutError) from None
            raise self._end(epitaph(self._process.wait(END_TIMEOUT_S))) from None
        except WireError as error:
            raise self._end(f"the process {error}") from None
        finally:
            timer.cancel()

    def hang_up(self) -> None:
        self._process.kill()

    def finish(self) -> None:
        with suppress(OSError), self._process:  # what was still to be sent to it
            self._process.kill()
        self._said.seek(0)
        self.log += self._said.read()
        self._said.close()
        self._folder.cleanup()


class SpawnedSandbox:
    """Opens such sessions as a `Sandbox` of the weakest tier opens its own."""

    tier = UNCONFINED
    why = WHY_UNCONFINED

    def __init__(self, device: str, serves: Served = "submissions") -> None:
        self.device = device
        self._serves: Served = serves
        self.waited_s = 0.0
        self._spare: SpawnedSession | None = SpawnedSession(device, serves)  # imports torch meanwhile

    @property
    def versions(self) -> dict[str, str]:
        return {"python": platform.python_version(), "torch": version("torch"), "numpy": version("numpy")}

    def open(self) -> Session:
        session, self._spare = self._spare or SpawnedSession(self.device, self._serves), None
        started = time.monotonic()
        session.start()
        self.waited_s += time.monotonic() - started
        return session

    def retire(self, session: Session) -> None:
        session.close()

    def close(self) -> None:
        """End what was not opened; harmless to repeat."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None


AnySandbox = Sandbox | SpawnedSandbox
