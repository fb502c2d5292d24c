"""Inside the sandbox: answer the judge's requests about one submission.

The judge's requests come one at a time over the channel: "files", "load", "probe". A probe runs in a fork
of its own and answers on a socket of its own, so that a crash or a torn frame there costs nothing else.
"""

import contextlib
import os
import select
import signal
import socket
from functools import partial
from typing import Any, NoReturn, cast

from grader.child.examine import code_of, run_cases
from grader.child.submission import MAX_BLOB, MAX_HEAD, Submission
from grader.loading.probe_code import compile_all
from grader.messages.frames import Frame, receive_frame, send_frame
from grader.messages.requests import NumberedProbe

_LOOK_EVERY_S = 0.005  # whether a probe's process has ended; only a crash is waited for


def serve(channel: socket.socket, folder: str, device: str, *, workers: bool) -> None:
    """Answer the judge's requests until it closes the channel. `workers`: data loaders may start processes."""
    submission = Submission(folder, device, workers=workers)
    send_frame(channel, submission.started)
    with contextlib.suppress(EOFError, OSError):  # the judge has hung up
        _Service(channel, submission).run()


class _Service:
    """The requests of one submission. A probe's process is not waited for, so that the next one can start."""

    def __init__(self, channel: socket.socket, submission: Submission) -> None:
        self.channel = channel
        self.submission = submission
        self.probes: dict[int, int] = {}  # pid -> the judge's number of the request

    def run(self) -> None:
        me = os.getpid()
        while True:
            waiting, _, _ = select.select([self.channel], [], [], _LOOK_EVERY_S if self.probes else None)
            self._report_ended()
            if not waiting:
                continue
            frame = receive_frame(self.channel, max_head=MAX_HEAD, max_blob=MAX_BLOB, max_fds=1)
            if frame.head["op"] == "probe":
                self._start_probe(frame, cast(NumberedProbe, frame.head))
                continue
            answer = self.submission.answer(frame)
            if os.getpid() != me:  # a child that student code forked must not come back into the runner
                os._exit(98)
            send_frame(self.channel, answer)

    def _start_probe(self, frame: Frame, request: NumberedProbe) -> None:
        (result_fd,) = frame.fds
        compile_all(code_of(frame)[0])  # what several probes share is compiled once
        _kill_stragglers()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whatever student code made of it
        pid = os.fork()
        if pid == 0:
            self.channel.close()
            _run_probe(frame, result_fd, self.submission.namespace(request["source"]), self.submission.device)
        os.close(result_fd)
        self.probes[pid] = request["number"]

    def _report_ended(self) -> None:
        """Tell the judge which probes have ended; reap whatever else fell to us."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid in self.probes:
                send_frame(self.channel, {"kind": "ended", "probe": self.probes.pop(pid), "status": status})


def _run_probe(request: Frame, result_fd: int, namespace: dict[str, Any], device: str) -> NoReturn:
    null = os.open("/dev/null", os.O_WRONLY)
    os.dup2(null, 1)  # what hidden cases make student code print would give their inputs away
    os.dup2(null, 2)
    with contextlib.suppress(BaseException):
        run_cases(request, partial(send_frame, socket.socket(fileno=result_fd)), namespace, device)
        os._exit(0)
    os._exit(97)


def _kill_stragglers() -> None:
    # Process 1 of a pid namespace may kill all others in it: what earlier probes left running.
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
