"""Inside the sandbox: answer the judge's requests about one submission.
The judge's requests come one at a time over the channel: "files", "load", "probe". A probe runs in a fork of its own
and answers on a socket of its own, so that a crash or a torn frame there costs nothing else."""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, cast

import torch

from grader.child.examine import code_of, named_parts, run_cases
from grader.child.forking import fork_patiently
from grader.loading import standins
from grader.loading.course_material import compile_all, course_files
from grader.loading.loading import load_source
from grader.messages.frames import Frame, receive_frame, send_frame
from grader.messages.requests import LoadSource, NumberedProbe, WriteFiles

MAX_HEAD = 1 << 22
MAX_BLOB = 1 << 30
_LOOK_EVERY_S = 0.005  # whether a probe's process has ended; only a crash is waited for


def serve(channel: socket.socket, folder: str, device: str, *, workers: bool) -> None:
    """Answer the judge's requests until it closes the channel. `workers`: data loaders may start processes."""
    submission = Submission(folder, device, workers=workers)
    send_frame(channel, submission.started)
    with contextlib.suppress(EOFError, OSError):  # the judge has hung up
        _Service(channel, submission).run()


class Submission:
    """The files and sources of one submission, in this process."""

    def __init__(self, folder: str, device: str, *, workers: bool) -> None:
        self.folder = Path(folder)
        self.device = _use_device(device)
        self.started: dict[str, object] = {"kind": "started", "device": self.device}
        self.namespaces: dict[str, dict[str, Any]] = {}  # what each source that was loaded defines
        self._course_files = contextlib.ExitStack()  # open for as long as this process lives
        if not workers:
            _forbid_workers()
        sys.path.insert(0, folder)

    def answer(self, frame: Frame) -> dict[str, object]:
        """Do what is asked for before a probe, and say what came of it."""
        request = cast(WriteFiles | LoadSource, frame.head)
        return self._write_files(request, frame.blob) if request["op"] == "files" else self._load(request, frame.blob)

    def _write_files(self, request: WriteFiles, blob: bytearray) -> dict[str, object]:
        for name, content in named_parts(request["files"], blob):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        names = [name for name, _ in request["files"][: request["course"]]]
        self._course_files.enter_context(course_files({name: self.folder / name for name in names}))
        return {"kind": "written", "files": len(request["files"])}

    def _load(self, request: LoadSource, blob: bytearray) -> dict[str, object]:
        cells = [(label, str(text, "utf-8")) for label, text in named_parts(request["cells"], blob)]
        wanted = request["wanted"]
        started = time.perf_counter()
        result = load_source(request["path"], request["kind"], cells, wanted, request["budget_s"])
        seconds = time.perf_counter() - started
        self.namespaces[request["source"]] = result.namespace
        return {
            "kind": "loaded",
            "names": [name for name in wanted if name in result.namespace],
            "errors": {name: result.errors[name] for name in wanted if name in result.errors},
            "notes": [note[:300] for note in result.notes[:20]],
            "seconds": seconds,
        }


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
        compile_all(code_of(frame))  # what several probes share is compiled once
        if (
            os.getpid() == 1
        ):  # of a pid namespace, and so it may kill all others in it: what earlier probes left running
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whatever student code made of it
        pid = fork_patiently(os.fork)
        if pid == 0:
            self.channel.close()
            _run_probe(frame, result_fd, self.submission.namespaces[request["source"]], self.submission.device)
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


def _use_device(wanted: str) -> str:
    """The device that probes run on; CUDA is first touched here, in the child."""
    if wanted != "cpu" and torch.cuda.is_available():
        # the reference was recorded in full float32
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        return "cuda"
    standins.tolerate_missing_cuda()
    return "cpu"


def _forbid_workers() -> None:
    # Worker processes need sockets, which this tier refuses.
    original = torch.utils.data.DataLoader.__init__

    def without_workers(self: Any, *args: Any, **kwargs: Any) -> None:
        kwargs["num_workers"] = 0
        original(self, *args[:5], **kwargs)

    torch.utils.data.DataLoader.__init__ = without_workers  # type: ignore[method-assign]
