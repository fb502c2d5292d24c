"""A course's own modules that judge what no recorded value can: `oracle.py` for draws, `claims.py` for answers.

Each stands in `fixtures/<topic>/<exercise>/`, or in `fixtures/<topic>/` where the topic's exercises share it. They use
numpy alone and run in the course's own process, see `grader.course.process`.

`oracle.py` says with which probability each symbol comes next, where an answer is chance. It defines

    log_probabilities(inputs, settings, facts, drawn, mistake=None) -> array [calls, n, symbols]
    symbol(settings, index) -> str
    MISTAKES = ("never_normalised", ...)    # chaffs whose probabilities it knows

`claims.py` judges answers by what they bring about, not by a key; a criterion names one of its functions as `claim`:

    def breaks_behaviour(answers, inputs, settings) -> str

`answers` has the criterion's facts as the student gave them, any JSON data; `inputs` and `settings` are the case's. It
returns what is wrong, in words for the student, or "".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from grader.course.folder import Exercise
from grader.course.process import CourseProcess, Module
from grader.messages.answers import RuleApplied, SymbolsNamed, Weighed
from grader.messages.requests import DRAWN, AskModule
from grader.model.errors import ModuleFaultError
from grader.model.fixture import FixtureCase, Rule
from grader.model.observation import Array, Json

_MOST_BYTES = 256 << 20  # of one sample's probabilities
_BYTES_AT_ONCE = 15 << 20  # in one answer
_ROUNDING = 1e-6


@dataclass(frozen=True)
class ModuleOracle:
    """An oracle module behind the interface that the judge uses. All methods raise ModuleFaultError."""

    process: CourseProcess
    module: Module
    _symbols: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by case
    reach = None

    @cached_property
    def mistakes(self) -> tuple[str, ...]:
        return self.process.defined(self.module).mistakes

    def symbols(self, case: FixtureCase) -> tuple[str, ...]:
        if case.name not in self._symbols:
            request: AskModule = {"op": "symbols", "settings": case.settings, "facts": {}}
            self._symbols[case.name] = self.process.ask(self.module, request, case.inputs, SymbolsNamed)[0].names
        return self._symbols[case.name]

    def log_probabilities(
        self, case: FixtureCase, facts: Mapping[str, Json], drawn: Array, mistake: str | None = None
    ) -> Array:
        calls, n = drawn.shape
        each = 8 * n * len(self.symbols(case))
        if each > _BYTES_AT_ONCE or calls * each > _MOST_BYTES:
            what = f"{calls} calls of {n} draws among {len(self.symbols(case))} symbols"
            raise ModuleFaultError(f"{self.module.shown}: {what} are too many; let the probe draw fewer")
        rows = max(1, _BYTES_AT_ONCE // max(1, each))
        parts = []
        for first in range(0, calls, rows):
            part = first, min(first + rows, calls)
            shape = (part[1] - first, n, len(self.symbols(case)))
            request: AskModule = {
                "op": "log_probabilities",
                "settings": case.settings,
                "facts": facts,
                "mistake": mistake,
                "calls": part,
            }
            parts.append(self._numbers(request, case, drawn, shape))
        return np.concatenate(parts)

    def log_likelihoods(self, case: FixtureCase, facts: Mapping[str, Json], drawn: Array) -> dict[str | None, float]:
        request: AskModule = {"op": "log_likelihoods", "settings": case.settings, "facts": facts}
        ways = (None, *self.mistakes)
        numbers = self._numbers(request, case, drawn, (len(ways),))
        return dict(zip(ways, numbers.tolist(), strict=True))

    def _numbers(self, request: AskModule, case: FixtureCase, drawn: Array, shape: tuple[int, ...]) -> Array:
        _, numbers = self.process.ask(self.module, request, {**case.inputs, DRAWN: drawn}, Weighed)
        if numbers is None or numbers.dtype != np.float64 or numbers.shape != shape:
            got = "nothing" if numbers is None else f"{numbers.dtype} {list(numbers.shape)}"
            raise ModuleFaultError(f"{self.module.shown}: gives {got}; float64 {list(shape)} is asked for")
        if not (numbers <= _ROUNDING * max(1, drawn.size)).all():  # NaN too
            raise ModuleFaultError(f"{self.module.shown}: gives what is no logarithm of a probability")
        return numbers


def load_oracle(exercise: Exercise) -> ModuleOracle | None:
    """The exercise's oracle; None where it has none. Raises CourseError where the rubric needs one that is absent."""
    path = exercise.oracle
    return None if path is None else ModuleOracle(exercise.process, exercise.module(path))


def load_rules(exercise: Exercise) -> dict[str, Rule]:
    """The functions that the exercise's criteria name; none where none is named. Raises CourseError where none is."""
    path = exercise.claims
    if path is None:
        return {}
    module = exercise.module(path)
    return {name: partial(_apply, exercise.process, module, name) for name in module.needed}


def _apply(
    process: CourseProcess,
    module: Module,
    rule: str,
    answers: Mapping[str, Json],
    inputs: Mapping[str, Array],
    settings: Mapping[str, Json],
) -> str:
    """Raises ModuleFaultError."""
    request: AskModule = {"op": "rule", "settings": settings, "facts": answers, "rule": rule}
    return process.ask(module, request, inputs, RuleApplied)[0].problem
