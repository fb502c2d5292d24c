"""Inside a confined process of its own: a course's oracle.py or claims.py answers the judge. No submission is here.

Light to import: `grade judge` starts it too, which needs no torch.
"""

import contextlib
import os
import platform
import socket
import traceback
import types
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from grader.messages.frames import Frame, read_frame, receive_frame, send_frame, write_frame
from grader.messages.requests import DRAWN, AskModule, RunModule

_MAX_HEAD, _MAX_BLOB = 1 << 22, 1 << 30
_STARTED = {"kind": "started", "device": "cpu"}
_MAX_TEXT = 500  # characters
_Answer = tuple[dict[str, object], bytes]


def prepare() -> dict[str, str]:
    """What the zygote has imported by importing this module."""
    return {"python": platform.python_version(), "numpy": np.__version__}


def serve(channel: socket.socket, folder: str, device: str, *, workers: bool) -> None:
    """Answer the judge's requests until it closes the channel."""
    send_frame(channel, _STARTED)
    with contextlib.suppress(EOFError, OSError):  # the judge has hung up
        receive = partial(receive_frame, channel, max_head=_MAX_HEAD, max_blob=_MAX_BLOB)
        _answer_all(receive, partial(send_frame, channel))


def main(device: str) -> None:
    """The same where no process can be forked, by standard input and output; never returns."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    try:
        write_frame(answers, _STARTED)
        receive = partial(read_frame, requests, max_head=_MAX_HEAD, max_blob=_MAX_BLOB)
        _answer_all(receive, partial(write_frame, answers))
    finally:
        os._exit(0)


def _answer_all(receive: Callable[[], Frame], send: Callable[[Mapping[str, object], bytes], None]) -> None:
    me, module = os.getpid(), RunningModule()
    while True:
        answer = module.answer(receive())
        if os.getpid() != me:  # a child that the module forked must not come back into the runner
            os._exit(98)
        send(*answer)


class RunningModule:
    """The one module of this process."""

    def __init__(self) -> None:
        self._shown = ""
        self._names: dict[str, Any] = {}

    def answer(self, frame: Frame) -> _Answer:
        try:
            if frame.head["op"] == "module":
                return self._run(cast(RunModule, frame.head), frame.blob.decode())
            arrays = load(bytes(frame.blob))
            drawn = arrays.pop(DRAWN, np.zeros((1, 1), dtype=np.int64))
            return self._ask(cast(AskModule, frame.head), arrays, drawn)
        except Exception as error:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == self._shown]
            line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else next(reversed(lines), None)
            what = f"{type(error).__name__}: {error}".removesuffix(": ")
            return {"kind": "raised", "line": line or 0, "what": what[:_MAX_TEXT]}, b""

    def _run(self, request: RunModule, text: str) -> _Answer:
        self._shown = request["shown"]
        self._names = vars(types.ModuleType("course"))
        exec(compile(text, self._shown, "exec"), self._names)
        for name in request["needed"]:
            if name not in self._names:
                raise NameError(f"it defines no {name}, which the rubric needs")
        return {"kind": "defined", "mistakes": list(map(str, self._names.get("MISTAKES", ())))}, b""

    def _ask(self, request: AskModule, inputs: Mapping[str, Any], drawn: NDArray[np.int64]) -> _Answer:
        settings, facts = request["settings"], request["facts"]

        def logs(mistake: str | None) -> NDArray[np.float64]:
            found = np.asarray(self._names["log_probabilities"](inputs, settings, facts, drawn, mistake), np.float64)
            if found.ndim != 3 or found.shape[:2] != drawn.shape:
                raise ValueError(f"log_probabilities gives shape {found.shape} for draws of shape {drawn.shape}")
            return found

        def likelihood(mistake: str | None) -> float:
            return float(np.take_along_axis(logs(mistake), drawn[:, :, None], axis=2).sum())

        match request["op"]:
            case "rule":
                problem = self._names[request["rule"]](facts, inputs, settings)
                return {"kind": "rule", "problem": str(problem)[: 8 * _MAX_TEXT] if problem else ""}, b""
            case "symbols":
                names = [str(self._names["symbol"](settings, index)) for index in range(logs(None).shape[2])]
                return {"kind": "symbols", "names": [name[:_MAX_TEXT] for name in names]}, b""
            case "log_probabilities":
                return _numbers(logs(request["mistake"])[slice(*request["calls"])])
            case "log_likelihoods":
                return _numbers(np.array([likelihood(mistake) for mistake in (None, *self._names["MISTAKES"])]))


def _numbers(numbers: NDArray[np.float64]) -> _Answer:
    return {"kind": "weighed"}, save({"numbers": np.ascontiguousarray(numbers)})
