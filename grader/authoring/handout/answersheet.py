"""The key of written answers: TOML files in the form that students hand in, and the empty template made of them.

`reference.toml` is the key; above each answer a comment says what is asked, in which unit and form. `dialects.toml` has
other right answers: `[by_side.resolution]` holds what differs from the reference in the dialect "by_side". A chaff's
table `[about]` has its `hint` and the criteria that it `loses`.
"""

import re
import tomllib
import types
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.course.folder import Exercise
from grader.model.errors import CourseError
from grader.model.fixture import Expected, Fixture

ABOUT = "about"
_ENTRY = re.compile(r"([A-Za-z0-9_-]+)\s*=\s*(.*)")
_INTRODUCTION = """\
# grader: assignment={assignment}
#
# Short answers. Write each between its quotes, and keep the headings and names. What you leave empty counts as not
# answered. Lines that begin with # are read by people alone.
"""


def load_answers(path: Path, shown: str) -> types.ModuleType:
    """A TOML file in the form of a solution module: `answers`, docstring and LOSES, or DIALECTS. Raises CourseError."""
    content = _read(path, shown)
    about = content.pop(ABOUT, {})
    module = types.ModuleType(path.stem, about.get("hint", ""))
    vars(module).update(answers=content, LOSES=set(about.get("loses", ())))
    if path.stem == "dialects":
        reference = _read(path.with_name("reference.toml"), shown)
        others = {name: _changed(reference, changes) for name, changes in content.items()}
        vars(module).update(DIALECTS={"reference": reference, **others})
    return module


def without_key(fixture: Fixture) -> Fixture:
    """The fixture as students may have it: which answers there are, not what is right or wrong."""

    def blank(expected: Expected) -> Expected:
        return replace(expected, facts=dict.fromkeys(expected.facts))

    cases = [
        replace(case, dialects={name: blank(case.dialects[name]) for name in list(case.dialects)[:1]}, mistakes={})
        for case in fixture.cases
    ]
    return replace(fixture, cases=tuple(cases), hints={})


def sheet(assignment: str, parts: Sequence[str]) -> str:
    """`answers.toml` made of the exercises' parts."""
    return "\n".join([_INTRODUCTION.format(assignment=assignment), *parts])


def whole_part(exercise: Exercise) -> str:
    """An exercise's part of `answers.toml` with the right answers."""
    return exercise.reference.read_text(encoding="utf-8").strip() + "\n"


def empty_part(exercise: Exercise) -> str:
    """The same with nothing in its answers; a table keeps one row, without cells. Raises CourseError."""
    shown = f"solutions/{exercise.id}/reference.toml"
    answers = _read(exercise.reference, shown).get(exercise.id.partition("/")[2])
    if not isinstance(answers, dict):
        raise CourseError(f"{shown}: has no table [{exercise.id.partition('/')[2]}]; put the answers there")
    kept: list[str] = []
    inside = False
    for line in whole_part(exercise).splitlines():
        entry = _ENTRY.fullmatch(line)
        if entry and entry[1] in answers:
            kept += _empty_answer(entry[1], answers[entry[1]])
            inside = entry[2] in ("[", "{")
        elif not inside:
            kept.append(line)
        else:
            inside = line not in ("]", "}")
    return "\n".join(kept) + "\n"


def _empty_answer(key: str, answer: Any) -> list[str]:
    if not isinstance(answer, list) or not isinstance(answer[0], dict):
        return [f'{key} = ""']
    cells = ", ".join(f'{column} = ""' for column in answer[0])
    return [f"{key} = [", f"    {{ {cells} }},", "]"]


def _changed(reference: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {section: {**answers, **changes.get(section, {})} for section, answers in reference.items()}


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{shown}: cannot be read ({error.strerror}); write it there") from error
    except ValueError as error:
        raise CourseError(f"{shown}: is no valid TOML: {error}") from error
