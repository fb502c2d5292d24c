"""The key of written answers: TOML files in the form that students hand in, and the empty template made of them.

`reference.toml` is the key; above each answer a comment says what is asked, in which unit and form. `dialects.toml` has
other right answers: `[by_side.resolution]` holds what differs from the reference in the dialect "by_side". A chaff's
table `[about]` has its `hint` and the criteria that it `loses`.
"""

import tomllib
import types
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.items import Table

from grader.course.folder import Exercise
from grader.model.errors import CourseError
from grader.model.fixture import Fixture, FixtureCase

_INTRODUCTION = """\
# grader: assignment={assignment}
#
# Short answers. Write each between its quotes, and keep the headings and names. What you leave empty counts as not
# answered. Lines that begin with # are read by people alone.
"""


def load_answers(path: Path, shown: str) -> types.ModuleType:
    """A TOML file in the form of a solution module: `answers`, docstring and LOSES, or DIALECTS. Raises CourseError."""
    content = _read(path, shown)
    about = content.pop("about", {})
    module = types.ModuleType(path.stem, about.get("hint", ""))
    vars(module).update(answers=content, LOSES=set(about.get("loses", ())))
    if path.stem == "dialects":
        reference = _read(path.with_name("reference.toml"), shown)
        others = {
            name: {section: answers | changes.get(section, {}) for section, answers in reference.items()}
            for name, changes in content.items()
        }
        vars(module).update(DIALECTS={"reference": reference, **others})
    return module


def without_key(fixture: Fixture) -> Fixture:
    """The fixture as students may have it: which answers there are, not what is right or wrong."""

    def blank(case: FixtureCase) -> FixtureCase:
        name, expected = next(iter(case.dialects.items()))
        return replace(case, dialects={name: replace(expected, facts=dict.fromkeys(expected.facts))}, mistakes={})

    return replace(fixture, cases=tuple(map(blank, fixture.cases)), hints={})


def sheet(assignment: str, parts: Sequence[str]) -> str:
    """`answers.toml` made of the exercises' parts."""
    return "\n".join([_INTRODUCTION.format(assignment=assignment), *parts])


def whole_part(exercise: Exercise) -> str:
    """An exercise's part of `answers.toml` with the right answers."""
    return exercise.reference.read_text(encoding="utf-8").strip() + "\n"


def empty_part(exercise: Exercise) -> str:
    """The same with nothing in its answers; a table keeps one row, without cells. Raises CourseError."""
    shown, heading = f"solutions/{exercise.id}/reference.toml", exercise.id.partition("/")[2]
    if not isinstance(_read(exercise.reference, shown).get(heading), dict):
        raise CourseError(f"{shown}: has no table [{heading}]; put the answers there")
    document = tomlkit.parse(whole_part(exercise))  # keeps the comments
    answers = cast(Table, document[heading])
    for key, answer in answers.unwrap().items():
        rows = isinstance(answer, list) and isinstance(answer[0], dict)
        cells = ", ".join(f'{column} = ""' for column in answer[0]) if rows else ""
        answers[key] = tomlkit.value(f"[\n    {{ {cells} }},\n]") if rows else ""
    return tomlkit.dumps(document)


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{shown}: cannot be read ({error.strerror}); write it there") from error
    except ValueError as error:
        raise CourseError(f"{shown}: is no valid TOML: {error}") from error
