"""One submission in the sandbox, seen from the judge: give it files, load sources, run probes, end it."""

import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from grader.messages.answers import ChildReady, FromChild, ProbeEnded, from_child
from grader.messages.frames import Frame
from grader.messages.requests import LoadSource, RunProbe, WriteFiles
from grader.model.errors import SandboxFault, SessionError, WireError
from grader.sandbox.environment import MIB

MAX_HEAD = 1 << 16
MAX_BLOB = 16 * MIB
END_TIMEOUT_S = 30.0
_START_TIMEOUT_S = 120.0

_Answer = TypeVar("_Answer", bound=FromChild)


@dataclass(frozen=True)
class Step:
    """What one request may take, in seconds of wall time."""

    what: str
    deadline: float

    @classmethod
    def lasting(cls, what: str, seconds: float) -> "Step":
        return cls(what, time.monotonic() + seconds)


class Session(AbstractContextManager["Session"]):
    """A process that runs one submission, and the way to it. A context manager: leaving it ends all that it started."""

    def __init__(self) -> None:
        self.device = ""  # known when it has started
        self.log = bytearray()  # what it printed
        self._ended = ""

    def start(self) -> None:
        """Wait until the process is ready; know the device it uses. Raises SandboxFault where it does not start."""
        try:
            self.device = self._answer(ChildReady, Step.lasting("starting", _START_TIMEOUT_S)).device
        except (SessionError, WireError) as ended:
            self.close()
            said = self.log.decode(errors="replace")[-500:]
            raise SandboxFault(f"a process for submissions did not start: {ended} {said}") from None
        except BaseException:
            self.close()
            raise

    def ask(self, request: WriteFiles | LoadSource, blob: bytes, answer: type[_Answer], step: Step) -> _Answer:
        """Send a request and wait for its one answer.
        Raises SessionError (StepTimeoutError at the deadline), and WireError where it answers something else."""
        self._send(request, blob, (), step)
        return self._answer(answer, step)

    @abstractmethod
    def ask_probe(self, request: RunProbe, blob: bytes, count: int, step: Step) -> Iterator[Frame | int]:
        """Send a probe request; the iterator then gives `count` frames of the probe's process, or fewer and its exit
        status.
        Raises SessionError as `ask` does, the iterator too; WireError where the probe's own frames are malformed."""

    def ask_course(self, request: Mapping[str, object], blob: bytes, step: Step) -> Frame:
        """Send a request about a course's own code and wait for the frame that answers it; raises SessionError."""
        self._send(request, blob, (), step)
        return self._next(step)

    def close(self) -> None:
        """End every process of the submission and remove its files."""
        self.hang_up()
        self.finish()

    @abstractmethod
    def hang_up(self) -> None:
        """Begin to end every process of the submission; `finish` must follow."""

    @abstractmethod
    def finish(self) -> None:
        """Wait for the end and remove the submission's files. Raises SandboxFault where it does not come."""

    def _answer(self, wanted: type[_Answer], step: Step) -> _Answer:
        while isinstance(message := from_child(self._next(step)), ProbeEnded):
            pass  # an earlier probe's process has ended at last
        if not isinstance(message, wanted):
            raise WireError("its message answers something else")
        return message

    @abstractmethod
    def _next(self, step: Step) -> Frame:
        """The next frame of the process; raises SessionError."""

    @abstractmethod
    def _send(self, head: Mapping[str, object], blob: bytes, fds: Sequence[int], step: Step) -> None: ...

    def _end(self, why: str, kind: type[SessionError] = SessionError) -> SessionError:
        self._ended = self._ended or why
        return kind(why)

    def __exit__(self, *_: object) -> None:
        self.close()


def epitaph(exit_code: int) -> str:
    """How a process ended, in words; Python's number for a signal is below 0, Windows' for a crash is a large one."""
    if exit_code >= 0xC0000000:
        return f"the process crashed ({exit_code:#x})"
    if exit_code < 0:
        return _SIGNAL_WORDS.get(-exit_code, f"the process was killed by signal {-exit_code}")
    return f"the process ended itself with status {exit_code}"


_SIGNAL_WORDS = {
    6: "the process aborted (SIGABRT)",
    7: "the process crashed (SIGBUS)",
    8: "the process crashed (SIGFPE)",
    9: "the process was killed: out of memory or processor time",
    11: "the process crashed (SIGSEGV)",
    24: "the process used up its processor time",
    31: "the process made a system call that is not allowed",
}
