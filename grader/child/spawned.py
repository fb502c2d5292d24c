"""Where no process can be forked for each probe: one process loads a student's files and runs all probes, in turn.
Its standard input brings the requests, its standard output takes the answers. Student code sees neither: what it prints
goes nowhere, and nothing can be read. After a crash, or at a deadline, the judge starts another such process."""

import os
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import torch

from grader.child.examine import run_cases
from grader.child.serve import MAX_BLOB, MAX_HEAD, Submission
from grader.messages.frames import Frame, read_frame, write_frame


def main(device: str) -> None:
    """Answer the judge's requests until it closes the pipe; never returns."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    send = partial(write_frame, answers)
    torch.set_num_threads(1)
    submission = Submission(str(Path.cwd()), device, workers=False)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    send(submission.started)
    try:
        for frame in _each(requests):
            if frame.head["op"] != "probe":
                send(submission.answer(frame))
                continue
            namespace = submission.namespaces[frame.head["source"]]
            with _left_as_found(namespace):
                run_cases(frame, send, namespace, submission.device)
    finally:
        os._exit(97)


def _each(requests: IO[bytes]) -> Iterator[Frame]:
    """Requests as they come. A thread reads them: it ends this process with the judge's, even from an endless loop."""
    waiting: SimpleQueue[Frame] = SimpleQueue()

    def read() -> None:
        try:
            while True:
                waiting.put(read_frame(requests, max_head=MAX_HEAD, max_blob=MAX_BLOB))
        finally:
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


@contextmanager
def _left_as_found(namespace: dict[str, Any]) -> Iterator[None]:
    """What a probe and the code under it may change, and the next one must not see."""
    before = dict(namespace)
    with chdir("."), torch.set_grad_enabled(torch.is_grad_enabled()):
        yield
    namespace.clear()
    namespace.update(before)
