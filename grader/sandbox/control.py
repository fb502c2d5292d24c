"""The judge's end of the socket to the zygote: children are asked for and killed by it, and their ends told."""

import socket
from collections.abc import Sequence

from grader.messages.answers import ChildExit, SandboxFailed, SandboxReady, from_zygote
from grader.messages.frames import receive_frame, send_frame
from grader.messages.requests import MAX_CONTROL_HEAD, KillChild, OpenChild
from grader.model.errors import SandboxFault, WireError

_DIED = "the sandbox died; grade the submission again"


class Control:
    """Every method raises SandboxFault where the sandbox is no more."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._statuses: dict[int, int] = {}

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
        if number not in self._statuses:
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
        self._statuses[answer.number] = answer.status

    def exit_status(self, number: int) -> int | None:
        """How a session's first process ended, as `os.wait` says it; None where it has not."""
        return self._statuses.get(number)

    def forget(self, number: int) -> None:
        """A session is over: a class of hundreds leaves nothing behind."""
        self._statuses.pop(number, None)
