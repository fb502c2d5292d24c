"""One exercise's probe on its cases; each case's observation is sent as it is made."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from safetensors.numpy import save as bytes_from_arrays
from safetensors.torch import load as tensors_from_bytes

from grader.child.faults import describe_fault, own_fault
from grader.loading.course_material import LoadedProbe, file_name, load_probe_code
from grader.loading.locations import describe
from grader.messages.frames import Frame
from grader.messages.requests import Named
from grader.probes.probing import Case, Recorder, run_probe

_MAX_TEXT = 500
Send = Callable[..., None]  # of a message's head, and its blob where it has one


def named_parts(names: Sequence[Named], blob: bytearray) -> Iterator[tuple[str, memoryview]]:
    """What `blob` holds, one after the other."""
    offset = 0
    for name, size in names:
        yield name, memoryview(blob)[offset : offset + size]
        offset += size


def code_of(request: Frame) -> dict[str, str]:
    """The files of Python that `request` carries, by path."""
    return {path: str(text, "utf-8") for path, text in named_parts(request.head["code"], request.blob)}


def run_cases(request: Frame, send: Send, namespace: dict[str, Any], device: str) -> None:
    """Run the probe that `request` carries on each of its cases and send one frame a case."""
    head = request.head
    parts = code_of(request)
    texts = {file_name(path): text for path, text in parts.items()}
    try:
        probe = load_probe_code(head["exercise"], parts)
    except Exception as error:
        answer = _answer(Recorder(), fault=describe_fault(error, texts))
        for number, _ in head["cases"]:
            send({"case": number, **answer})
        return
    inputs = tensors_from_bytes(bytes(request.blob[sum(size for _, size in head["code"]) :]))
    namespace.update(probe.given)
    entry = namespace[head["entry"]]
    me = os.getpid()
    for number, described in head["cases"]:
        tensors = {name: inputs[key] for name, key in described["tensors"].items()}
        case = Case(described["name"], tensors, described["settings"])
        answer, blob = _observe(probe, entry, case, device, texts)
        if os.getpid() != me:
            os._exit(98)
        send({"case": number, **answer}, blob)


def _observe(
    probe: LoadedProbe, entry: Any, case: Case, device: str, texts: Mapping[str, str]
) -> tuple[dict[str, Any], bytes]:
    see, error, fault = Recorder(), None, ""
    started = time.perf_counter()
    try:
        see = run_probe(probe.module.probe, entry, case, torch.device(device), torch.float32, probe.given)
    except BaseException as raised:
        see = getattr(raised, "seen", None) or see
        error = describe(raised)
        fault = own_fault(raised, texts, error["where"])
    answer = _answer(see, time.perf_counter() - started, error, fault)
    data = {name: seen.data.numpy() for name, seen in see.values.items() if seen.data is not None}
    return answer, bytes_from_arrays(data) if data else b""


def _answer(
    see: Recorder, seconds: float = 0.0, error: Mapping[str, str] | None = None, fault: str = ""
) -> dict[str, Any]:
    return {
        "tensors": {
            name: {"type": seen.type[:_MAX_TEXT], "shape": seen.shape, "dtype": seen.dtype, "device": seen.device}
            for name, seen in see.values.items()
        },
        "facts": see.facts,
        "error": None if error is None or fault else {key: text[:_MAX_TEXT] for key, text in error.items()},
        "fault": fault[:_MAX_TEXT],
        "seconds": seconds,
    }
