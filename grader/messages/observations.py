"""From a frame that came out of the sandbox to an observation. Every field is checked; nothing is believed."""

from collections.abc import Mapping
from typing import Any

from grader.messages.frames import Frame, WireError
from grader.messages.tensors import MAX_RANK, MAX_TENSORS, read_tensors
from grader.model.observation import Array, Observation, Outcome, SeenTensor, StudentError

_MAX_TEXT = 500
_MAX_SECONDS = 1e6


def observation_from(frame: Frame, case: str) -> Observation:
    """The observation of `case` that a probe's frame claims.

    Raises WireError or TensorError where the frame is malformed.
    """
    head = frame.head
    arrays = read_tensors(frame.blob)
    described = head.get("tensors")
    if not isinstance(described, dict) or len(described) > MAX_TENSORS:
        raise WireError("its description of tensors is malformed")
    facts = head.get("facts")
    error = _error(head.get("error"))
    return Observation(
        case,
        Outcome.RAISED if error else Outcome.COMPLETE,
        {str(name)[:_MAX_TEXT]: _seen(entry, arrays.get(name)) for name, entry in described.items()},
        facts if isinstance(facts, dict) else {},
        error,
        seconds=_seconds(head.get("seconds")),
    )


def _seen(entry: Any, array: Array | None) -> SeenTensor:
    if not isinstance(entry, Mapping):
        raise WireError("its description of a tensor is malformed")
    kind, dtype, device = (str(entry.get(key, ""))[:_MAX_TEXT] for key in ("type", "dtype", "device"))
    if array is not None:
        return SeenTensor(kind, array.shape, dtype, device, array)
    shape = entry.get("shape")
    if not isinstance(shape, list) or len(shape) > MAX_RANK or any(type(n) is not int or n < 0 for n in shape):
        raise WireError("its description of a tensor's shape is malformed")
    return SeenTensor(kind, tuple(shape), dtype, device)


def _error(claim: Any) -> StudentError | None:
    if claim is None:
        return None
    if not isinstance(claim, Mapping):
        raise WireError("its description of an error is malformed")
    return StudentError(*(str(claim.get(key, ""))[:_MAX_TEXT] for key in ("type", "message", "where")))


def _seconds(claim: Any) -> float:
    # compared before it is converted: a whole number of a thousand digits is no float
    return float(claim) if isinstance(claim, (int, float)) and 0 <= claim <= _MAX_SECONDS else 0.0
