"""A course as submissions are observed and judged by it; what is read of it serves for all of them."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.course.fixtures import Which, course_digest, inputs_digest, read_fixture, read_probe, stale_files
from grader.course.folder import Course, Exercise
from grader.judge.checks.criterion import JudgedCriterion
from grader.messages.requests import ProbeCode
from grader.model.errors import CourseError
from grader.model.fixture import Fixture
from grader.model.observation import Observation, Observations, Outcome, StudentError
from grader.model.report import CourseIdentity
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

    def nothing_found(self, why: str) -> Observations:
        """What is seen in every case where a submission has nothing for the exercise."""
        error = StudentError("NotImplementedError", why)
        return {case.name: Observation(case.name, Outcome.RAISED, error=error) for case in self.fixture.cases}


@dataclass
class PreparedCourse:
    course: Course
    case: str | None = None  # of each set, this case alone
    stale_ok: bool = False  # take fixtures whose sources changed since they were recorded
    _known: dict[tuple[str, Which], Prepared] = field(default_factory=dict)

    @cached_property
    def identity(self) -> CourseIdentity:
        """Where the course lies and what its files were: whoever defends a mark can show what it was given by."""
        return CourseIdentity(folder=str(self.course.root), digest=course_digest(self.course))

    def prepare(self, exercise: Exercise, which: Which) -> Prepared:
        """The exercise with its fixture and probe.

        Raises CourseError where they cannot be read, and where files changed since they were recorded, unless
        `stale_ok`: such a fixture shows what another solution, or another probe, did.
        """
        if known := self._known.get((exercise.id, which)):
            return known
        stale = stale_files(exercise)
        if stale and not self.stale_ok:
            else_ = ", or grade with --stale-ok" if which == "hidden" else ""  # a check has no such option
            raise CourseError(
                f"fixtures/{exercise.id}: {in_words(stale)} since they were recorded; "
                f"run: grade fixtures build {exercise.id}{else_}"
            )
        fixture = read_fixture(exercise, which)
        if fixture.oracle is not None or fixture.rules:
            exercise.process.start()
        if self.case is not None:
            fixture = replace(fixture, cases=tuple(c for c in fixture.cases if c.name == self.case))
        there = self.course.exercises  # a release need not hold what its exercises build on
        bases = tuple(there[id_].rubric.entry if id_ in there else id_ for id_ in exercise.rubric.builds_on)
        prepared = Prepared(exercise, fixture, read_probe(exercise), inputs_digest(fixture), bases, stale)
        return self._known.setdefault((exercise.id, which), prepared)


def in_words(stale: tuple[str, ...]) -> str:
    """`solutions/a/b/reference.py and 2 more files have changed`"""
    more = len(stale) - 1
    others = f" and {more} more {'file has' if more == 1 else 'files have'}" if more else " has"
    return f"{stale[0]}{others} changed"
