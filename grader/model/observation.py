"""What was seen of a submission: of one case an observation, of all of it a run. Inert data, no judgement.

Everything in an observation that came out of the sandbox is a claim of the student's process. Whoever judges a run, now
or next year, runs nobody's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, PlainSerializer, PlainValidator, SerializationInfo, ValidationInfo

from grader.model.errors import Unusable

Array = NDArray[Any]
Json = JsonValue


def _put(array: Array | None, info: SerializationInfo) -> str | None:
    return None if array is None or info.context is None else info.context.put(array)


def _get(key: str | None, info: ValidationInfo) -> Array | None:
    return None if key is None or info.context is None else info.context.get(key)


Stored = Annotated[Array | None, PlainValidator(_get), PlainSerializer(_put)]
"""An array that is written down by the key under which the context, `put` and `get`, keeps it."""


class Outcome(StrEnum):
    """How a probe's run on one case ended."""

    COMPLETE = "complete"  # the probe reached its end
    RAISED = "raised"  # student code raised; what was seen before stands
    CRASHED = "crashed"  # the process died (signal, os._exit, out of memory)
    TIMED_OUT = "timed_out"
    REFUSED = "refused"  # what came over the wire was malformed or too large
    FAULT = "fault"  # our own machinery failed; costs the student nothing


@dataclass(frozen=True)
class SeenTensor:
    """One named value. `array` is None where the value was no tensor, or was too large to send."""

    type: str  # name of the exact Python type, "Tensor" for a plain tensor
    shape: tuple[int, ...]
    dtype: str  # "float32", as torch names it; "" where the value was no tensor
    device: str  # "cpu" or "cuda"
    array: Stored = None


@dataclass(frozen=True)
class StudentError:
    """An exception that student code raised."""

    type: str
    message: str
    where: str = ""  # "week3.ipynb, cell 7, line 3, in forward"

    @property
    def kind(self) -> str:
        """What tells one mistake's error from another's: its type; where a probe says what is wrong, its words too."""
        return f"{self.type}: {self.message}" if self.type == Unusable.__name__ else self.type


@dataclass(frozen=True)
class Observation:
    """What one probe run on one case showed."""

    case: str
    outcome: Outcome = Outcome.COMPLETE
    tensors: Mapping[str, SeenTensor] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)
    error: StudentError | None = None
    reason: str = ""  # for crashed, timed_out, refused, fault: one line
    seconds: float = 0.0


Observations = Mapping[str, Observation]
"""What one definition showed, by the name of the case."""


@dataclass(frozen=True)
class Definition:
    """A place in a submission where a name is defined, or where answers are written."""

    source: str  # the id of a source: a path, and up to which cell
    name: str


@dataclass(frozen=True)
class Attempt:
    """One definition under an exercise's probe, as it is or with correct stand-ins for what other exercises ask for."""

    exercise: str
    definition: Definition
    given: bool
    observations: Observations


@dataclass(frozen=True)
class Asked:
    """What an exercise was observed by, and where the submission defines what it asks for."""

    inputs: str  # digests, see grader.course.fixtures
    probe: str
    definitions: tuple[Definition, ...]  # the likeliest first


@dataclass(frozen=True)
class Run:
    """One submission, observed."""

    submission: str
    assignment: str
    files: Mapping[str, str]  # SHA-256 of what was handed in, by path
    which: Literal["hidden", "public"]  # the set of cases
    only: bool  # some of the assignment's exercises were left out on demand
    asked: Mapping[str, Asked]  # by exercise
    attempts: tuple[Attempt, ...]
    isolation: str
    weakness: str  # why no stronger isolation held, or what is weaker than usual; "" where nothing is
    device: str
    student_s: float  # the submission's own computation
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()


def as_float64(array: Array) -> NDArray[np.float64]:
    """The array in float64, whatever its dtype (bool and integers too)."""
    return np.asarray(array, dtype=np.float64)
