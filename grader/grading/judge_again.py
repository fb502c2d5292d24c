"""A kept run, judged by a course as it is now. Nobody's code runs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.course.fixtures import Which
from grader.course.folder import Course
from grader.grading.choosing import Chosen, choose
from grader.grading.prepared import Prepared, prepare
from grader.grading.reporting import Judged, identity, report_on
from grader.model.assignment import AssignmentRubric
from grader.model.errors import MustRunAgainError, UsageError
from grader.model.observation import Definition, Observations, Run
from grader.model.report import CourseIdentity, Report, Seconds


@dataclass(frozen=True)
class KeptObserver:
    """Shows what a run has kept."""

    run: Run

    @property
    def device(self) -> str:
        return self.run.device

    def observe(self, exercise: str, definition: Definition, given: bool) -> Observations:
        wanted = (exercise, definition, given)
        for attempt in self.run.attempts:
            if (attempt.exercise, attempt.definition, attempt.given) == wanted:
                return attempt.observations
        with_given = " with correct stand-ins" if given else ""
        raise MustRunAgainError(f"{definition.name} in {definition.source} was not observed{with_given}")


class Judging:
    """Judges kept runs by one course; what is read of it serves for all of them."""

    def __init__(self, course: Course, *, stale_ok: bool = False) -> None:
        self._course = course
        self._stale_ok = stale_ok
        self._prepared: dict[tuple[str, Which], Prepared] = {}

    def judge(self, run: Run, rubric: AssignmentRubric | None = None) -> tuple[Report, Mapping[str, str]]:
        """The report, and why some exercises must run again, by id. Raises CourseError, UsageError.

        By the course's rubric for the run's assignment, where none is given.
        """
        started = time.monotonic()
        rubric = rubric or self._rubric_of(run)
        asked = [id_ for id_ in rubric.exercises if id_ in run.asked]
        exercises = {id_: self._prepare(id_, run.which) for id_ in asked}
        changed = {id_: why for id_ in asked if (why := _what_changed(run, exercises[id_]))}
        unobserved = {id_: "it was not observed" for id_ in rubric.exercises if id_ not in run.asked and not run.only}
        same = {id_: prepared for id_, prepared in exercises.items() if id_ not in changed}
        definitions = {id_: run.asked[id_].definitions for id_ in same}
        chosen = choose(same, definitions, KeptObserver(run))
        chosen = Chosen(chosen.results, {**unobserved, **changed, **chosen.unobserved})
        seconds = Seconds(total=time.monotonic() - started, start=0, student=run.student_s)
        judged = Judged(run, self._course, self._identity, rubric, exercises, chosen)
        return report_on(judged, seconds), chosen.unobserved

    @cached_property
    def _identity(self) -> CourseIdentity:
        return identity(self._course)

    def _rubric_of(self, run: Run) -> AssignmentRubric:
        if run.assignment in self._course.assignments:
            return self._course.assignments[run.assignment]
        listed = ", ".join(self._course.assignments) or "none"
        raise UsageError(
            f"{run.submission}: this course has no assignment {run.assignment!r} (known: {listed}); "
            "name the run's own with --course"
        )

    def _prepare(self, id_: str, which: Which) -> Prepared:
        if (id_, which) not in self._prepared:
            exercise = self._course.exercise(id_)
            self._prepared[id_, which] = prepare(self._course, exercise, which, stale_ok=self._stale_ok)
        return self._prepared[id_, which]


def _what_changed(run: Run, prepared: Prepared) -> str:
    """Why an exercise's observations are not what would be seen today; "" where they are."""
    asked = run.asked[prepared.exercise.id]
    changed = [
        what
        for what, then, now in (
            ("inputs", asked.inputs, prepared.inputs),
            ("probe", asked.probe, prepared.probe.digest),
        )
        if then != now
    ]
    return f"its {' and '.join(changed)} changed since" if changed else ""
