"""All that was observed of a submission: what its definitions showed, and what they were observed by.

A run is inert data. Whoever judges it, now or next year, runs nobody's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grader.model.observation import Observation

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
