"""What no student of an assignment may read: statements of solutions, keys, guides, hidden cases.

A statement counts where it says enough (so many words, not counting local variables' names), and stands nowhere in what
the handout gives. A hint may come nearer to the answer than other text does, but must not be it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from grader.authoring.handout.handout import BEGIN, END, given_text
from grader.authoring.handout.statements import Pattern, Text, expressions, statements, words_of
from grader.course.fixtures import SETS, Which, fixture_path
from grader.course.folder import Course, Exercise
from grader.messages.requests import STAND_INS
from grader.model.assignment import AssignmentRubric

FEWEST = 4  # words that say something: with three of them everybody writes the same
FEWEST_OF_ORACLES = 5  # general mathematics, which the judge needs too
FEWEST_IN_A_HINT = 3
FEWEST_OF_SEVERAL = 2  # where a hint has more than one statement
FEWEST_OF_A_GUIDE = 6
FEWEST_VALUES = 8  # different ones, in an array that is known again
_Patterns = Callable[[str, str, Collection[int] | None], Iterator[Pattern]]


@dataclass(frozen=True)
class Withheld:
    """By one course, for the students of one assignment."""

    course: Course
    assignment: str

    @cached_property
    def given(self) -> Text:
        return Text(words_of(given_text(self.course, self.assignment)))

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """What may stand nowhere."""
        found = [*self._keys(), *self._guides()]
        for exercise in self._unsolved():
            found += [pattern for pattern in _of_solutions(exercise) if pattern.meaning >= FEWEST]
            found += [pattern for pattern in _of_oracle(exercise) if pattern.meaning >= FEWEST_OF_ORACLES]
        return tuple(pattern for pattern in dict.fromkeys(found) if not self.given.holds(pattern))

    def in_hints(self, id_: str) -> tuple[list[Pattern], list[Pattern]]:
        """What may stand in no hint of an exercise: calls, arguments, statements; and what may but for a second one."""
        exercise = self.course.exercise(id_)
        steps = [p for p in _of_solutions(exercise) if p.meaning >= FEWEST_OF_SEVERAL and not self.given.holds(p)]
        parts = [*steps, *(p for p in _of_solutions(exercise, expressions) if not self.given.holds(p))]
        answers = [p for p in parts if p.meaning >= (FEWEST if p.has_locals else FEWEST_IN_A_HINT)]
        return answers, [p for p in steps if not p.has_locals]

    @cached_property
    def arrays(self) -> dict[bytes, str]:
        """Bytes of the arrays of hidden cases that are in no public one, and which case they are from."""
        known = {content for exercise in self.course.exercises.values() for content, _ in _arrays(exercise, SETS[0])}
        hidden = (found for exercise in self.course.exercises.values() for found in _arrays(exercise, SETS[1]))
        return {content: shown for content, shown in hidden if content not in known}

    def _unsolved(self) -> Iterator[Exercise]:
        """Exercises of the whole course that this assignment does not give."""
        given = {id_ for file in self._rubric.handout for id_ in file.given}
        yield from (exercise for id_, exercise in self.course.exercises.items() if id_ not in given)

    def _keys(self) -> Iterator[Pattern]:
        """Answers with their names; one of another assignment where it says enough by itself."""
        for exercise in self._unsolved():
            fewest = FEWEST_OF_SEVERAL if exercise.id in self._rubric.exercises else FEWEST
            keys = (
                [exercise.reference, *exercise.wheats, *filter(None, [exercise.dialects])] if exercise.written else []
            )
            for path in keys:
                for line in path.read_text(encoding="utf-8").splitlines():
                    key, _, value = line.partition("=")
                    for words in (words_of(line), words_of(f"{key} {value}")) if "=" in line else ():
                        pattern = Pattern(tuple(words), line.strip(), _shown(exercise, path))
                        if line.lstrip()[0] != "#" and pattern.meaning >= fewest:
                            yield pattern

    def _guides(self) -> Iterator[Pattern]:
        for id_, rubric in self.course.assignments.items():
            for line in (line for part in rubric.parts for line in part.guide.splitlines()):
                pattern = Pattern(tuple(words_of(line)), line.strip(), f"a guide in rubrics/{id_}.toml")
                if pattern.meaning >= FEWEST_OF_A_GUIDE:
                    yield pattern

    @property
    def _rubric(self) -> AssignmentRubric:
        return self.course.assignment(self.assignment)


def _of_solutions(exercise: Exercise, patterns: _Patterns = statements) -> Iterator[Pattern]:
    """Of the students' part of the reference, of other right ways, and of stand-ins."""
    if exercise.written:
        return
    text = exercise.reference.read_text(encoding="utf-8")
    yield from patterns(text, _shown(exercise, exercise.reference), _solved_lines(text))
    shared = (exercise.fixtures / STAND_INS, exercise.fixtures.parent / STAND_INS)
    for path in (*exercise.wheats, *filter(None, [exercise.dialects]), *filter(Path.is_file, shared)):
        yield from patterns(path.read_text(encoding="utf-8"), _shown(exercise, path), None)


def _of_oracle(exercise: Exercise) -> Iterator[Pattern]:
    if exercise.oracle is not None:
        yield from statements(exercise.oracle.read_text(encoding="utf-8"), _shown(exercise, exercise.oracle))


def _solved_lines(text: str) -> set[int]:
    inside, found = False, set()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            found.add(number)
    return found


def _arrays(exercise: Exercise, which: Which) -> Iterator[tuple[bytes, str]]:
    path = fixture_path(exercise, which)
    for array in load_file(path).values() if path.is_file() else ():
        if len(np.unique(array)) >= FEWEST_VALUES:
            yield array.tobytes(), _shown(exercise, path)


def _shown(exercise: Exercise, path: Path) -> str:
    return path.relative_to(exercise.fixtures.parents[2]).as_posix()
