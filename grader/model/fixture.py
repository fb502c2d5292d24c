"""Recorded observations of the reference, its accepted dialects, and the known mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.observation import Array, Json, Outcome


@dataclass(frozen=True)
class ExpectedTensor:
    """The float64 oracle of one tensor, and how far a correct same-dtype run lies from it."""

    oracle: Array  # float64
    control: float  # max |float32 control run - oracle|, the largest over the calibration runs
    dtype: str  # dtype that the float32 run showed: "float32", "int64", …


@dataclass(frozen=True)
class Expected:
    """What one dialect of the right answer shows on one case."""

    tensors: Mapping[str, ExpectedTensor]
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class SeenMistake:
    """What a chaff (a known mistake) showed on one case."""

    outcome: Outcome
    error_type: str = ""
    tensors: Mapping[str, Array] = field(default_factory=dict)  # float32
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class FixtureCase:
    name: str
    inputs: Mapping[str, Array]  # float32 or integer, as given to the submission
    settings: Mapping[str, Json]
    dialects: Mapping[str, Expected]
    mistakes: Mapping[str, SeenMistake] = field(default_factory=dict)


@dataclass(frozen=True)
class Fixture:
    """All cases of one exercise, from the public or the hidden set."""

    exercise: str
    cases: tuple[FixtureCase, ...]
    k: float  # tolerance: |seen - oracle| <= k * control + floor * max|oracle|
    hints: Mapping[str, str] = field(default_factory=dict)  # chaff -> its docstring, the student's hint
    seed_is_published: bool = True

    def case(self, name: str) -> FixtureCase:
        return next(c for c in self.cases if c.name == name)
