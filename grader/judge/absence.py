"""Why something that a check wants to look at was never produced."""

from dataclasses import dataclass

from grader.judge.quoting import printable
from grader.judge.wording import describe_error
from grader.model.errors import CannotTell, Unusable
from grader.model.fixture import Expected
from grader.model.observation import Observation, Outcome
from grader.model.report import Status


@dataclass(frozen=True)
class Shortfall:
    """Why one case does not pass."""

    status: Status
    message: str


def failed(message: str) -> Shortfall:
    return Shortfall(Status.FAILED, message)


def why_absent(seen: Observation, name: str) -> Shortfall:
    """Why the tensor or fact `name` is not there: the student's error, or how the process ended."""
    case = f'(case "{seen.case}")'
    if seen.outcome is Outcome.RAISED:
        if seen.error is not None and seen.error.type == Unusable.__name__:
            return failed(f"{printable(seen.error.message)} {case}")
        error = f"an error{_reason(seen)}" if seen.error is None else describe_error(seen.error)
        return failed(f"raised {error} {case}")
    if seen.outcome is Outcome.COMPLETE:
        return failed(f"{name} was not produced {case}")
    words = {Outcome.CRASHED: "the process died", Outcome.TIMED_OUT: "no answer in time"}
    return failed(f"{words.get(seen.outcome, 'the answer could not be read')}{_reason(seen)} {case}")


def excused(shortfall: Shortfall, seen: Observation, expected: Expected) -> Shortfall:
    """What a check found, or something milder: our own fault, a person's to decide, or nothing attempted yet."""
    case = f'(case "{seen.case}")'
    if seen.outcome is Outcome.FAULT:
        return Shortfall(
            Status.GRADER_ERROR, f"the grader itself failed; no marks are lost by it{_reason(seen)} {case}"
        )
    if seen.error is not None and seen.error.type == CannotTell.__name__:
        return Shortfall(Status.NEEDS_PERSON, f"a person must look: {printable(seen.error.message)}")
    unwritten = _why_unwritten(seen, expected)
    return Shortfall(Status.NOT_ATTEMPTED, f"not attempted: {unwritten} {case}") if unwritten else shortfall


def _why_unwritten(seen: Observation, expected: Expected) -> str:
    """How one can tell that the student has not written this yet; "" where one cannot.

    Only the first tensor that the probe records tells: a gradient may be None for many reasons.
    """
    if seen.outcome is Outcome.RAISED and seen.error is not None and seen.error.type == "NotImplementedError":
        return printable(seen.error.message) or "raises NotImplementedError"
    first = next((name for name in expected.tensors if name in seen.tensors), None)
    return f"{first} is None" if first is not None and seen.tensors[first].type == "NoneType" else ""


def _reason(seen: Observation) -> str:
    return f": {printable(seen.reason)}" if seen.reason else ""
