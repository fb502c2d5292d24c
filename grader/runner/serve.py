"""Inside the sandbox: write the student's files, load their code, run probes, send what was seen.

The judge's requests come one at a time over the channel: "files", "load", "probe". A probe runs in a fork
of its own and answers on a socket of its own, so that a crash or a torn frame there costs nothing else.
"""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from grader.runner import loading, standins
from grader.runner.examine import run_cases
from grader.runner.wire import Frame, receive_frame, send_frame

_MAX_HEAD = 1 << 22
_MAX_BLOB = 1 << 30


def serve(channel: socket.socket, folder: str, device: str, *, workers: bool) -> None:
    """Answer the judge's requests until it closes the channel. `workers`: data loaders may start processes."""
    used = _use_device(device)
    if not workers:
        _forbid_workers()
    sys.path.insert(0, folder)
    send_frame(channel, {"device": used})
    loaded: dict[str, loading.Loaded] = {}
    me = os.getpid()
    while True:
        try:
            request = receive_frame(channel, max_head=_MAX_HEAD, max_blob=_MAX_BLOB, max_fds=1)
        except (EOFError, OSError):
            return
        answer = _ANSWERS[request.head["op"]](request, channel, folder, used, loaded)
        if os.getpid() != me:  # a child that student code forked must not come back into the runner
            os._exit(98)
        send_frame(channel, answer)


def _use_device(wanted: str) -> str:
    """The device that probes run on; CUDA is first touched here, in the child."""
    if wanted == "cpu":
        standins.tolerate_missing_cuda()
        return "cpu"
    if torch.cuda.is_available():
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


def _write_files(request: Frame, _: socket.socket, folder: str, *__: Any) -> dict[str, Any]:
    blob, offset = memoryview(request.blob), 0
    for name, size in request.head["files"]:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob[offset : offset + size])
        offset += size
    return {"written": len(request.head["files"])}


def _load(request: Frame, _: socket.socket, __: str, ___: str, loaded: dict[str, loading.Loaded]) -> dict[str, Any]:
    head, offset = request.head, 0
    cells: list[tuple[str, str]] = []
    for label, size in head["cells"]:
        cells.append((label, request.blob[offset : offset + size].decode()))
        offset += size
    started = time.perf_counter()
    result = loading.load_source(head["path"], head["kind"], cells, head["wanted"], head["budget_s"])
    seconds = time.perf_counter() - started
    loaded[head["path"]] = result
    return {
        "loaded": [name for name in head["wanted"] if name in result.namespace],
        "errors": {name: result.errors[name] for name in head["wanted"] if name in result.errors},
        "notes": [note[:300] for note in result.notes[:20]],
        "seconds": seconds,
    }


def _probe(
    request: Frame, channel: socket.socket, _: str, device: str, loaded: dict[str, loading.Loaded]
) -> dict[str, Any]:
    (result_fd,) = request.fds
    _kill_stragglers()
    pid = os.fork()
    if pid == 0:
        _in_probe_process(request, channel, result_fd, loaded[request.head["path"]].namespace, device)
    os.close(result_fd)
    status = os.waitpid(pid, 0)[1]
    return {"exited": status}


def _in_probe_process(
    request: Frame, channel: socket.socket, result_fd: int, namespace: dict[str, Any], device: str
) -> None:
    channel.close()
    null = os.open("/dev/null", os.O_WRONLY)
    os.dup2(null, 1)  # what hidden cases make student code print would give their inputs away
    os.dup2(null, 2)
    with contextlib.suppress(BaseException):
        run_cases(request, socket.socket(fileno=result_fd), namespace, device)
        os._exit(0)
    os._exit(97)


def _kill_stragglers() -> None:
    # Process 1 of a pid namespace may kill all others in it: what an earlier probe left running.
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


_ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {"files": _write_files, "load": _load, "probe": _probe}
