"""One submission's files and sources in the process that runs them: written, loaded, ready for probes."""

import contextlib
import sys
import time
from pathlib import Path
from typing import Any, cast

import torch

from grader.loading import loading, standins
from grader.loading.course_files import course_files
from grader.messages.frames import Frame
from grader.messages.requests import LoadSource, WriteFiles

MAX_HEAD = 1 << 22
MAX_BLOB = 1 << 30


class Submission:
    """The files and sources of one submission, in this process."""

    def __init__(self, folder: str, device: str, *, workers: bool) -> None:
        self.folder = Path(folder)
        self.device = _use_device(device)
        self.started: dict[str, object] = {"kind": "started", "device": self.device}
        self._loaded: dict[str, loading.Loaded] = {}
        self._course_files = contextlib.ExitStack()  # open for as long as this process lives
        if not workers:
            _forbid_workers()
        sys.path.insert(0, folder)

    def namespace(self, source: str) -> dict[str, Any]:
        """What a source that was loaded defines."""
        return self._loaded[source].namespace

    def answer(self, frame: Frame) -> dict[str, object]:
        """Do what is asked for before a probe, and say what came of it."""
        request = cast(WriteFiles | LoadSource, frame.head)
        return self._write_files(request, frame.blob) if request["op"] == "files" else self._load(request, frame.blob)

    def _write_files(self, request: WriteFiles, blob: bytearray) -> dict[str, object]:
        view, offset = memoryview(blob), 0
        for name, size in request["files"]:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(view[offset : offset + size])
            offset += size
        names = [name for name, _ in request["files"][: request["course"]]]
        self._course_files.enter_context(course_files({name: self.folder / name for name in names}))
        return {"kind": "written", "files": len(request["files"])}

    def _load(self, request: LoadSource, blob: bytearray) -> dict[str, object]:
        offset = 0
        cells: list[tuple[str, str]] = []
        for label, size in request["cells"]:
            cells.append((label, blob[offset : offset + size].decode()))
            offset += size
        wanted = request["wanted"]
        started = time.perf_counter()
        result = loading.load_source(request["path"], request["kind"], cells, wanted, request["budget_s"])
        seconds = time.perf_counter() - started
        self._loaded[request["source"]] = result
        return {
            "kind": "loaded",
            "names": [name for name in wanted if name in result.namespace],
            "errors": {name: result.errors[name] for name in wanted if name in result.errors},
            "notes": [note[:300] for note in result.notes[:20]],
            "seconds": seconds,
        }


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
