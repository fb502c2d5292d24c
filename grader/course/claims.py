"""`claims.py` of an exercise whose answers are judged by what they bring about, not by a key.

The module stands in `fixtures/<topic>/<exercise>/`, or in `fixtures/<topic>/` where the topic's exercises share it. A
criterion names one of its functions as its `claim`:

    def breaks_behaviour(answers, inputs, settings) -> str

`answers` has the criterion's facts as the student gave them, any JSON data; `inputs` and `settings` are the case's. It
returns what is wrong, in words for the student, or "". It is part of the course, runs in the judge's process, and uses
numpy alone.
"""

from typing import Any

from grader.course.folder import Exercise
from grader.course.modules import run_module
from grader.model.errors import CourseError
from grader.model.fixture import Rule


def load_rules(exercise: Exercise) -> dict[str, Rule]:
    """The functions that the exercise's criteria name; none where none is named. Raises CourseError."""
    path = exercise.claims
    if path is None:
        return {}
    shown = exercise.shown(path)
    module = run_module(path, shown)
    found: dict[str, Any] = {}
    for name in exercise.needed_from(path):
        if not callable(getattr(module, name, None)):
            raise CourseError(f"{shown}: defines no function {name!r}, but rubrics/{exercise.id}.toml names it")
        found[name] = getattr(module, name)
    return found
