"""What comes out of the sandbox: a model for each message. Nothing is believed, and what does not fit is refused.

But for what student code can spoil without meaning harm: texts too long are cut, and impossible seconds are none.
Of tensors the header is checked before anything is built from it: safetensors itself would accept a million empty
tensors or shapes of any rank from a few kilobytes.
"""

import json
from math import prod
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from grader.messages.frames import Frame
from grader.model.errors import TensorError, WireError
from grader.model.observation import Array, Observation, Outcome, SeenTensor, StudentError

_MAX_TEXT, _MAX_NOTE, _MAX_REASON = 500, 300, 4000  # characters
_MAX_NAMES, _MAX_NOTES = 4096, 20
_MAX_SECONDS = 1e6
MAX_HEADER = 1 << 16
MAX_TENSORS = 64
MAX_RANK = 8
_DTYPES = {
    "F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def _cut(longest: int) -> BeforeValidator:
    return BeforeValidator(lambda value: _plain(value)[:longest] if isinstance(value, (str, list)) else value)


def _plain(value: Any) -> Any:
    """The same JSON; in its texts, halves of surrogate pairs as escapes: they could be neither printed nor stored."""
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _possible(seconds: object) -> float:
    # compared before it is converted: a whole number of a thousand digits is no float
    return float(seconds) if isinstance(seconds, (int, float)) and 0 <= seconds <= _MAX_SECONDS else 0.0


Text = Annotated[str, _cut(_MAX_TEXT)]
Note = Annotated[str, _cut(_MAX_NOTE)]
Reason = Annotated[str, _cut(_MAX_REASON)]
Count = Annotated[int, Field(ge=0, lt=2**63)]
WaitStatus = Annotated[int, Field(ge=0, lt=2**16)]
Seconds = Annotated[float, BeforeValidator(_possible)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class SandboxReady(_Strict):
    """From the zygote, once: it has imported everything."""

    kind: Literal["ready"]
    tier: Text
    why: Reason
    versions: dict[Text, Text]


class SandboxFailed(_Strict):
    """From the launcher, instead."""

    kind: Literal["failed"]
    reason: Reason


class ChildExit(_Strict):
    """From the zygote: a submission's first process has ended, and all others with it."""

    kind: Literal["exit"]
    number: Count
    status: WaitStatus
    why: Reason = ""  # it was killed


class ChildReady(_Strict):
    """From a child that has confined itself; it runs no student code yet."""

    kind: Literal["started"]
    device: Literal["cpu", "cuda"]


class FilesWritten(_Strict):
    kind: Literal["written"]
    files: Count


class RaisedError(_Strict):
    type: Text
    message: Text
    where: Text

    def as_seen(self) -> StudentError:
        return StudentError(self.type, self.message, self.where)


class LoadReport(_Strict):
    """Which of the names asked for a source defines, and why not the others."""

    kind: Literal["loaded"]
    names: Annotated[frozenset[Text], Field(strict=False, max_length=_MAX_NAMES)]
    errors: Annotated[dict[Text, RaisedError], Field(max_length=_MAX_NAMES)]
    notes: Annotated[tuple[Note, ...], Field(strict=False), _cut(_MAX_NOTES)]
    seconds: Seconds


class ProbeEnded(_Strict):
    """From the process that loaded a source: the process that it started for a probe has ended."""

    kind: Literal["ended"]
    probe: Count
    status: WaitStatus


class TensorClaim(_Strict):
    type: Text
    shape: Annotated[tuple[Count, ...], Field(strict=False, max_length=MAX_RANK)]
    dtype: Text
    device: Text


class ProbeReport(_Strict):
    """From a probe's process: what it saw on one case. The tensors' data is in the frame's blob."""

    case: Count
    tensors: Annotated[dict[Text, TensorClaim], Field(max_length=MAX_TENSORS)]
    facts: Annotated[dict[str, JsonValue], BeforeValidator(_plain)]
    error: RaisedError | None
    fault: Text = ""  # what of the course's own code failed
    seconds: Seconds


class ModuleDefined(_Strict):
    """From a process that serves the course: the module has run and defines what it must."""

    kind: Literal["defined"]
    mistakes: Annotated[tuple[Text, ...], Field(strict=False, max_length=_MAX_NAMES)]  # of an oracle


class RuleApplied(_Strict):
    kind: Literal["rule"]
    problem: Reason  # "" where nothing is wrong


class SymbolsNamed(_Strict):
    kind: Literal["symbols"]
    names: Annotated[tuple[Text, ...], Field(strict=False, max_length=_MAX_NAMES)]


class Weighed(_Strict):
    """The numbers asked for are in the frame's blob, as the one tensor "numbers"."""

    kind: Literal["weighed"]


class ModuleRaised(_Strict):
    """From the same, instead of any of these."""

    kind: Literal["raised"]
    line: Count  # of the module; 0 where it is not known
    what: Text


class WorkDone(_Strict):
    """From a process that records or audits: the result and the files that it wrote are in the blob."""

    kind: Literal["done"]
    sizes: Annotated[tuple[Count, ...], Field(strict=False, max_length=_MAX_NOTES)]


class WorkRefused(_Strict):
    """The course is wrong."""

    kind: Literal["refused"]
    what: Reason


class WorkFailed(_Strict):
    kind: Literal["failed"]
    what: Reason


FromZygote = SandboxReady | SandboxFailed | ChildExit
FromChild = ChildReady | FilesWritten | LoadReport | ProbeEnded
FromWork = WorkDone | WorkRefused | WorkFailed
FromCourse = ModuleDefined | RuleApplied | SymbolsNamed | Weighed | ModuleRaised

_FROM_ZYGOTE: TypeAdapter[FromZygote] = TypeAdapter(Annotated[FromZygote, Field(discriminator="kind")])
_FROM_CHILD: TypeAdapter[FromChild] = TypeAdapter(Annotated[FromChild, Field(discriminator="kind")])
_FROM_PROBE = TypeAdapter(ProbeReport)
_FROM_WORK: TypeAdapter[FromWork] = TypeAdapter(Annotated[FromWork, Field(discriminator="kind")])
_FROM_COURSE: TypeAdapter[FromCourse] = TypeAdapter(Annotated[FromCourse, Field(discriminator="kind")])
_NAMES = {name for model in _Strict.__subclasses__() for name in model.model_fields}
_T = TypeVar("_T")


def from_zygote(frame: Frame) -> FromZygote:
    """Raises WireError, as all of these."""
    return _valid(_FROM_ZYGOTE, frame, "its message")


def from_child(frame: Frame) -> FromChild:
    return _valid(_FROM_CHILD, frame, "its message")


def from_probe(frame: Frame) -> ProbeReport:
    return _valid(_FROM_PROBE, frame, "its observation")


def from_work(frame: Frame) -> FromWork:
    return _valid(_FROM_WORK, frame, "its answer")


def from_course(frame: Frame) -> FromCourse:
    return _valid(_FROM_COURSE, frame, "its answer")


def observation_from(frame: Frame, case: str) -> Observation:
    """The observation of `case` that a probe's frame claims; raises TensorError too."""
    report = from_probe(frame)
    arrays, tensors = read_tensors(frame.blob), {}
    for name, claim in report.tensors.items():
        array = arrays.get(name)
        shape = claim.shape if array is None else array.shape
        tensors[name] = SeenTensor(claim.type, shape, claim.dtype, claim.device, array)
    error = report.error.as_seen() if report.error else None
    outcome = Outcome.FAULT if report.fault else Outcome.RAISED if error else Outcome.COMPLETE
    return Observation(case, outcome, tensors, report.facts, error, report.fault, report.seconds)


def read_tensors(blob: bytes | bytearray) -> dict[str, Array]:
    """Named numpy arrays, sharing the blob's memory. Raises TensorError."""
    if not blob:
        return {}
    size = int.from_bytes(blob[:8], "little")
    if len(blob) < 8 or size > MAX_HEADER or size + 8 > len(blob):
        raise TensorError("its tensors have no valid header")
    try:
        header = json.loads(bytes(blob[8 : 8 + size]))
    except (ValueError, RecursionError):
        raise TensorError("its tensors' header is no JSON") from None
    if not isinstance(header, dict):
        raise TensorError("its tensors' header is no JSON object")
    header.pop("__metadata__", None)
    if len(header) > MAX_TENSORS:
        raise TensorError(f"it sent {len(header):,} tensors, {MAX_TENSORS} are allowed")
    data = memoryview(blob)[8 + size :]
    return {name: _array(entry, data) for name, entry in header.items()}


def _valid(adapter: TypeAdapter[_T], frame: Frame, called: str) -> _T:
    try:
        return adapter.validate_python(frame.head)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    # of the place, only what is not the sender's own words
    place = ".".join(part for part in first["loc"] if part in _NAMES)
    what = "it is of no known kind" if first["type"].startswith("union_tag") else first["msg"]
    raise WireError(f"{called} is malformed ({place}{': ' if place else ''}{what})")


def _array(entry: Any, data: memoryview) -> Array:
    try:
        dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise TensorError("its tensors' header is malformed") from None
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise TensorError("it sent a tensor of a dtype that is not allowed")
    numbers = (*shape, start, end) if isinstance(shape, list) else (None,)
    if len(numbers) > MAX_RANK + 2 or any(type(n) is not int or n < 0 for n in numbers):
        raise TensorError("it sent a tensor with an impossible shape")
    kind = np.dtype(_DTYPES[dtype])
    if end > len(data) or prod(shape) * kind.itemsize != end - start:
        raise TensorError("it sent a tensor whose shape does not fit its bytes")
    try:
        return np.frombuffer(data[start:end], dtype=kind).reshape(shape)
    except ValueError:  # no elements, and other sizes beyond what numpy can count
        raise TensorError("it sent a tensor with an impossible shape") from None
