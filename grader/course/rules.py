"""A course's own modules that judge what no recorded value can: `oracle.py` for draws, `claims.py` for answers.

Each stands in `fixtures/<topic>/<exercise>/`, or in `fixtures/<topic>/` where the topic's exercises share it. They are
part of the course and trusted as its rubrics are, run in the judge's process, and use numpy alone. No student's code
comes near them.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.folder import Exercise
from grader.model.errors import CourseError
from grader.model.fixture import FixtureCase, Rule
from grader.model.observation import Array, Json


@dataclass(frozen=True)
class ModuleOracle:
    """What an oracle module defines, behind the interface that the judge uses."""

    module: Mapping[str, Any]

    @property
    def mistakes(self) -> tuple[str, ...]:
        return tuple(self.module["MISTAKES"])

    def log_probabilities(
        self, case: FixtureCase, facts: Mapping[str, Json], drawn: Array, mistake: str | None = None
    ) -> Array:
        found: Array = self.module["log_probabilities"](case.inputs, case.settings, facts, drawn, mistake)
        return found

    def symbol(self, case: FixtureCase, index: int) -> str:
        return str(self.module["symbol"](case.settings, index))


def load_oracle(exercise: Exercise) -> ModuleOracle | None:
    """The exercise's oracle, executed as it stands; None where it has none.

    Raises CourseError where the rubric needs one that is absent, or where it does not define what it must.
    """
    if exercise.oracle is None:
        return None
    defined = _run(exercise, exercise.oracle)
    for name in exercise.needed_from(exercise.oracle):
        if name not in defined:
            raise CourseError(f"{exercise.shown(exercise.oracle)}: defines no {name}; see CONTRIBUTING")
    return ModuleOracle(defined)


def load_rules(exercise: Exercise) -> dict[str, Rule]:
    """The functions that the exercise's criteria name; none where none is named. Raises CourseError."""
    if exercise.claims is None:
        return {}
    defined, names = _run(exercise, exercise.claims), exercise.needed_from(exercise.claims)
    for name in names:
        if not callable(defined.get(name)):
            shown = exercise.shown(exercise.claims)
            raise CourseError(f"{shown}: defines no function {name!r}, but rubrics/{exercise.id}.toml names it")
    return {name: defined[name] for name in names}


def _run(exercise: Exercise, path: Path) -> dict[str, Any]:
    """What the module defines; errors in it, now and later, are told by the name that messages show."""
    shown, defined = exercise.shown(path), {"__name__": path.stem}
    try:
        exec(compile(path.read_text(encoding="utf-8"), shown, "exec"), defined)
    except Exception as error:
        raise CourseError(f"{shown}: {type(error).__name__}: {error}; it must run by itself") from error
    return defined
