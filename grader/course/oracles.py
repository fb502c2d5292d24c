"""`oracle.py` of an exercise whose answers are draws: with which probability each symbol comes next.

A right answer to such an exercise has no fixed value. The module stands in `fixtures/<topic>/<exercise>/`, or in
`fixtures/<topic>/` where the topic's exercises share it. It uses numpy alone and defines

    log_probabilities(inputs, settings, facts, drawn, mistake=None) -> array [calls, n, symbols]
    symbol(settings, index) -> str
    MISTAKES = ("never_normalised", ...)    # chaffs whose probabilities it knows

It is part of the course, like a probe, and runs in the judge's process. No student's code comes near it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.course.folder import Exercise
from grader.course.modules import run_module
from grader.model.errors import CourseError
from grader.model.fixture import FixtureCase
from grader.model.observation import Array, Json


@dataclass(frozen=True)
class ModuleOracle:
    """An oracle module behind the interface that the judge uses."""

    module: Any

    @property
    def mistakes(self) -> tuple[str, ...]:
        return tuple(self.module.MISTAKES)

    def log_probabilities(
        self, case: FixtureCase, facts: Mapping[str, Json], drawn: Array, mistake: str | None = None
    ) -> Array:
        found: Array = self.module.log_probabilities(case.inputs, case.settings, facts, drawn, mistake)
        return found

    def symbol(self, case: FixtureCase, index: int) -> str:
        return str(self.module.symbol(case.settings, index))


def load_oracle(exercise: Exercise) -> ModuleOracle | None:
    """The exercise's oracle, executed as it stands; None where it has none.

    Raises CourseError where the rubric needs one that is absent, or where it does not define what it must.
    """
    path = exercise.oracle
    if path is None:
        return None
    shown = exercise.shown(path)
    module = run_module(path, shown)
    for name in exercise.needed_from(path):
        if name not in vars(module):
            raise CourseError(f"{shown}: defines no {name}; see CONTRIBUTING")
    return ModuleOracle(module)
