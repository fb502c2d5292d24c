"""Recorded observations of the reference, its accepted dialects, and the known mistakes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Protocol

from grader.model.observation import Array, Json, Outcome

Rule = Callable[[Mapping[str, Json], Mapping[str, Array], Mapping[str, Json]], str]
"""A course's own function: what is wrong with answers, given a case's inputs and settings, for the student; or ""."""


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
    draws: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # shapes of tensors whose values are chance


@dataclass(frozen=True)
class Excerpt:
    """Some values of a tensor, evenly spread over it: enough to know it again by."""

    shape: tuple[int, ...]
    step: int
    values: Array  # 1-d: every `step`-th of the flattened tensor

    @classmethod
    def of(cls, array: Array, most: int = 400) -> "Excerpt":
        """About `most` values; the step shares no factor with the shape, so that it meets every row and column."""
        step = max(1, -(-array.size // most))
        while step > 1 and gcd(step, array.size) > 1:
            step += 1
        return cls(array.shape, step, array.reshape(-1)[::step])

    def same_places(self, array: Array) -> Array:
        """The values of another tensor, of the same shape, at these places."""
        return array.reshape(-1)[:: self.step]


@dataclass(frozen=True)
class SeenMistake:
    """What a chaff (a known mistake) showed on one case."""

    outcome: Outcome
    error_type: str = ""  # `StudentError.kind`
    tensors: Mapping[str, Excerpt] = field(default_factory=dict)  # float32
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class FixtureCase:
    name: str
    inputs: Mapping[str, Array]  # float32 or integer, as given to the submission
    settings: Mapping[str, Json]
    dialects: Mapping[str, Expected]
    mistakes: Mapping[str, SeenMistake] = field(default_factory=dict)


class Oracle(Protocol):
    """The probabilities by which an exercise's draws are judged: a module of the course, in a process of its own."""

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Chaffs whose probabilities are known too."""

    @property
    def reach(self) -> int | None:
        """So many symbols of each call have known probabilities, where not all have: students get the first ones'."""

    def log_probabilities(
        self, case: FixtureCase, facts: Mapping[str, Json], drawn: Array, mistake: str | None = None
    ) -> Array:
        """Natural logarithms [calls, n, symbols]: of each symbol at each place, after the `drawn` [calls, n] before it.

        `facts` are what the submission's process claims; a mistake's probabilities where one is named.
        """

    def log_likelihoods(self, case: FixtureCase, facts: Mapping[str, Json], drawn: Array) -> Mapping[str | None, float]:
        """The sum over what was `drawn`, for the right way (None) and each known mistake."""

    def symbols(self, case: FixtureCase) -> Sequence[str]:
        """How a message writes each symbol."""


@dataclass(frozen=True)
class Fixture:
    """All cases of one exercise, from the public or the hidden set."""

    exercise: str
    cases: tuple[FixtureCase, ...]
    tolerance_factor: float  # |seen - oracle| <= tolerance_factor * control + floor * max|oracle|
    hints: Mapping[str, str] = field(default_factory=dict)  # chaff -> its docstring, the student's hint
    seed_is_published: bool = True
    rules: Mapping[str, Rule] = field(default_factory=dict)  # from the exercise's claims.py
    oracle: Oracle | None = field(default=None, compare=False)  # where draws are judged

    def case(self, name: str) -> FixtureCase:
        return next(c for c in self.cases if c.name == name)
