"""From a frame of a probe's process to an observation."""

from grader.messages.answers import TensorClaim, from_probe
from grader.messages.frames import Frame
from grader.messages.tensors import read_tensors
from grader.model.observation import Array, Observation, Outcome, SeenTensor


def observation_from(frame: Frame, case: str) -> Observation:
    """The observation of `case` that a probe's frame claims.

    Raises WireError or TensorError where the frame is malformed.
    """
    report = from_probe(frame)
    arrays = read_tensors(frame.blob)
    ended = Outcome.RAISED if report.error else Outcome.COMPLETE
    return Observation(
        case,
        Outcome.FAULT if report.fault else ended,
        {name: _seen(claim, arrays.get(name)) for name, claim in report.tensors.items()},
        report.facts,
        report.error.as_seen() if report.error else None,
        reason=report.fault,
        seconds=report.seconds,
    )


def _seen(claim: TensorClaim, array: Array | None) -> SeenTensor:
    shape = claim.shape if array is None else array.shape
    return SeenTensor(claim.type, shape, claim.dtype, claim.device, array)
