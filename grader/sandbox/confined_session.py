"""One submission in a confined child of the zygote, with what it prints, its files and its deadlines under watch; and
the judge's end of the socket to the zygote."""

import os
import select
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.messages.answers import ChildExit, ProbeEnded, SandboxFailed, SandboxReady, from_child, from_zygote
from grader.messages.frames import Frame, receive_frame, send_frame
from grader.messages.requests import MAX_CONTROL_HEAD, KillChild, NumberedProbe, OpenChild, RunProbe
from grader.model.errors import SandboxFault, SessionError, StepTimeoutError, WireError
from grader.sandbox import scratch
from grader.sandbox.environment import MIB, Limits
from grader.sandbox.session import END_TIMEOUT_S, MAX_BLOB, MAX_HEAD, Session, Step, epitaph

_DISK_EVERY_S = 0.1
_SEND_TIMEOUT_S = 10.0
_LOG_KEPT = 1 << 16
_DIED = "the sandbox died; grade the submission again"


class Control:
    """By it children are asked for and killed, and their ends told. Raises SandboxFault where the sandbox is gone."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._exits: dict[int, ChildExit] = {}

    def wait_until_ready(self, timeout_s: float) -> SandboxReady:
        self.socket.settimeout(timeout_s)
        try:
            answer = from_zygote(receive_frame(self.socket, max_head=MAX_CONTROL_HEAD, max_blob=0))
        except (EOFError, OSError, WireError) as error:
            raise SandboxFault(f"the sandbox did not start: {error or type(error).__name__}") from None
        self.socket.settimeout(None)
        if isinstance(answer, SandboxFailed):
            raise SandboxFault(answer.reason)
        if not isinstance(answer, SandboxReady):
            raise SandboxFault(_DIED)
        return answer

    def kill(self, number: int) -> None:
        """Have a session's first process killed, unless it has ended."""
        if number not in self._exits:
            self.send({"op": "kill", "number": number})

    def send(self, request: OpenChild | KillChild, fds: Sequence[int] = ()) -> None:
        try:
            send_frame(self.socket, request, fds=fds)
        except OSError:
            raise SandboxFault(_DIED) from None

    def read_exit(self) -> None:
        """Take in that a session's first process has ended; call it when the socket is readable."""
        try:
            answer = from_zygote(receive_frame(self.socket, max_head=MAX_CONTROL_HEAD, max_blob=0))
        except (EOFError, OSError, WireError):
            raise SandboxFault(_DIED) from None
        if not isinstance(answer, ChildExit):
            raise SandboxFault(_DIED)
        self._exits[answer.number] = answer

    def exit_of(self, number: int) -> ChildExit | None:
        """How a session's first process ended; None where it has not."""
        return self._exits.get(number)

    def forget(self, number: int) -> None:
        """A session is over: a class of hundreds leaves nothing behind."""
        self._exits.pop(number, None)


class ConfinedSession(Session):
    """A confined child process and the channel to it. Opened by `Sandbox.open`.
    Making one asks the zygote for a child and does not wait for it; `start` does."""

    def __init__(self, control: Control, number: int, limits: Limits, folder: Path | None) -> None:
        super().__init__()
        self._control = control
        self.number = number
        self.limits = limits
        self._folder = folder
        self._printed = 0
        self._probes = 0  # requested so far; the number of the present one
        self._disk_seen = 0.0  # when the files were last looked at
        self._channel, theirs = socket.socketpair()
        self._log, log_writer = os.pipe()
        os.set_blocking(self._log, False)
        self._log_open = True
        own = str(folder) if folder else None
        fds = [theirs.fileno(), log_writer]
        control.send({"op": "open", "number": number, "limits": vars(limits), "folder": own}, fds)
        theirs.close()
        os.close(log_writer)

    def ask_probe(self, request: RunProbe, blob: bytes, count: int, step: Step) -> Iterator[Frame | int]:
        self._probes += 1
        result, theirs = socket.socketpair()
        with theirs:
            numbered: NumberedProbe = {**request, "number": self._probes}
            try:
                self._send(numbered, blob, [theirs.fileno()], step)
            except BaseException:
                result.close()
                raise
        return self._read_probe(result, count, step)

    def _read_probe(self, result: socket.socket, count: int, step: Step) -> Iterator[Frame | int]:
        with result:
            ended: ProbeEnded | None = None
            while count and (ended is None or select.select([result], [], [], 0)[0]):
                ready = self._wait_any([result, self._channel] if ended is None else [result], step)
                try:
                    if result in ready:
                        yield self._receive(result, step)
                        count -= 1
                    else:
                        ended = self._end_of_probe(step)
                except EOFError:
                    break
            while count and ended is None:
                ended = self._end_of_probe(step)
            if ended is not None and count:
                yield ended.status

    def _end_of_probe(self, step: Step) -> ProbeEnded | None:
        """The report that the present probe's process has ended; None where it is an earlier one's."""
        message = from_child(self._receive(self._channel, step))
        return message if isinstance(message, ProbeEnded) and message.probe == self._probes else None

    def _next(self, step: Step) -> Frame:
        return self._receive(self._channel, step)

    def _send(self, head: Mapping[str, object], blob: bytes, fds: Sequence[int], step: Step) -> None:
        if self._ended:
            raise SessionError(self._ended)
        try:
            self._channel.settimeout(max(0.1, min(_SEND_TIMEOUT_S, step.deadline - time.monotonic())))
            send_frame(self._channel, head, blob, fds)
            self._channel.settimeout(None)
        except OSError as error:
            raise self._end("stopped reading" if isinstance(error, TimeoutError) else self._epitaph()) from None

    def _receive(self, sock: socket.socket, step: Step) -> Frame:
        try:
            return receive_frame(sock, max_head=MAX_HEAD, max_blob=MAX_BLOB, wait=lambda: self._wait_any([sock], step))
        except (EOFError, OSError):
            if sock is not self._channel:
                raise EOFError from None
            raise self._end(self._epitaph()) from None
        except WireError as error:
            if sock is not self._channel:
                raise
            raise self._end(f"the process {error}") from None

    def _wait_any(self, socks: list[socket.socket], step: Step) -> list[socket.socket]:
        """Wait until one of `socks` is readable, minding output, disk use and the deadline meanwhile."""
        while True:
            left = step.deadline - time.monotonic()
            if left <= 0:
                raise self._end(step.what, StepTimeoutError)
            found = self._look(socks, min(left, _DISK_EVERY_S) if self._folder else left)
            self._mind_the_disk()
            if self._printed > self.limits.output_mb * MIB:
                raise self._end(f"printed more than {self.limits.output_mb} MB")
            if found:
                return found
            if self._control.exit_of(self.number) is not None:
                for sock in socks:  # reading meets the end of the stream, or of our patience: somebody
                    sock.setblocking(False)  # may have sent the other end away, where it stays open
                return socks

    def _look(self, socks: Sequence[socket.socket], timeout_s: float) -> list[socket.socket]:
        """Wait for one of `socks`, for output or a child's end; take these in, and return which are readable."""
        control = self._control.socket
        watched: list[Any] = [*socks, control, *([self._log] if self._log_open else [])]
        ready, _, _ = select.select(watched, [], [], timeout_s)
        if self._log in ready:
            data = os.read(self._log, 1 << 16)
            self._log_open = bool(data)
            self._printed += len(data)
            self.log += data[: max(0, _LOG_KEPT - len(self.log))]
        if control in ready:
            self._control.read_exit()
        return [sock for sock in socks if sock in ready]

    def _mind_the_disk(self) -> None:
        # By the clock: a submission that prints all the time must not keep us from looking.
        if self._folder and time.monotonic() - self._disk_seen > _DISK_EVERY_S:
            excess = scratch.excess(self._folder, self.limits.disk_mb * MIB)
            self._disk_seen = time.monotonic()
            if excess:
                raise self._end(excess)

    def _epitaph(self) -> str:
        """Why the child is gone, in words; waits for the zygote's report of it."""
        self._await_exit(END_TIMEOUT_S)
        end = self._control.exit_of(self.number)
        if end is None:
            return "the process closed its connection"
        return end.why or epitaph(os.waitstatus_to_exitcode(end.status))

    def _await_exit(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while self._control.exit_of(self.number) is None and (left := deadline - time.monotonic()) > 0:
            self._look([], left)

    def hang_up(self) -> None:
        self._channel.close()
        self._control.kill(self.number)

    def finish(self) -> None:
        try:
            self._await_exit(END_TIMEOUT_S)
        finally:
            os.close(self._log)
            if self._folder is not None:
                scratch.remove(self._folder)
        if self._control.exit_of(self.number) is None:
            raise SandboxFault("a submission's process could not be ended")
        self._control.forget(self.number)
