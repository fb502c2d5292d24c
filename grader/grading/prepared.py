"""An exercise with all that it takes to observe and judge submissions by it, read once for a class."""

from dataclasses import dataclass, replace

from grader.course.fixtures import Which, inputs_digest, read_fixture, read_probe, stale_files
from grader.course.folder import Course, Exercise
from grader.judge.checks.criterion import JudgedCriterion
from grader.messages.requests import ProbeCode
from grader.model.errors import CourseError
from grader.model.fixture import Fixture
from grader.model.rubric import ExerciseRubric


@dataclass(frozen=True)
class Prepared:
    """One exercise, its recorded cases, and the probe that observes submissions on them."""

    exercise: Exercise
    fixture: Fixture
    probe: ProbeCode
    inputs: str  # their digest
    base_names: tuple[str, ...]  # what correct stand-ins take the place of
    stale: tuple[str, ...] = ()  # files that changed since the fixture was recorded from them

    @property
    def rubric(self) -> ExerciseRubric[JudgedCriterion]:
        return self.exercise.rubric


def prepare(
    course: Course, exercise: Exercise, which: Which, *, case: str | None = None, stale_ok: bool = False
) -> Prepared:
    """Read an exercise's fixture and probe; `case` keeps that one case alone.

    Raises CourseError where they cannot be read, and where files changed since they were recorded, unless `stale_ok`:
    such a fixture shows what another solution, or another probe, did.
    """
    stale = stale_files(exercise)
    if stale and not stale_ok:
        raise CourseError(
            f"fixtures/{exercise.id}: {in_words(stale)} since they were recorded; "
            f"run: grade fixtures build {exercise.id}, or grade with --stale-ok"
        )
    fixture = read_fixture(exercise, which)
    if case is not None:
        fixture = replace(fixture, cases=tuple(c for c in fixture.cases if c.name == case))
    known = course.exercises  # a release need not hold what its exercises build on
    bases = tuple(known[id_].rubric.entry if id_ in known else id_ for id_ in exercise.rubric.builds_on)
    return Prepared(exercise, fixture, read_probe(exercise), inputs_digest(fixture), bases, stale)


def in_words(stale: tuple[str, ...]) -> str:
    """`solutions/a/b/reference.py and 2 more files have changed`"""
    more = len(stale) - 1
    if not more:
        return f"{stale[0]} has changed"
    return f"{stale[0]} and {more} more {'file has' if more == 1 else 'files have'} changed"
