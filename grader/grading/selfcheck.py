"""A student's own check, on the public cases: the same probe, judge and words as grading."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.course.detect import find_assignment
from grader.course.fixtures import read_fixture
from grader.course.folder import Course, Exercise
from grader.grading.line import Grading, Task
from grader.judge.checks.criterion import JudgedCriterion
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.errors import UsageError
from grader.model.report import Report
from grader.model.rubric import ExerciseRubric
from grader.model.submission import Workspace

Check = Callable[[Path], Report]


@contextmanager
def checking(
    course: Course,
    ids: Sequence[str] = (),
    case: str | None = None,
    *,
    isolation: str = "none",
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Check]:
    """A function that checks what a path (.zip, folder, .ipynb, .py) has for these exercises; it can be called again.

    Without ids: for the exercises of the assignment that the path is for; of a release, for all. Each criterion's marks
    are its weight. With a `case`, only the criteria that look at it count. Raises UsageError where there is no such
    case or no assignment can be told, SubmissionError where nothing can be read.
    """
    exercises = {id_: course.exercise(id_) for id_ in ids}
    if case is not None:
        exercises = {id_: _on_one_case(exercise, case) for id_, exercise in exercises.items()}

    def task_of(workspace: Workspace) -> Task:
        return self_check(exercises or _asked_for(course, workspace))

    with Grading(course, isolation=isolation, device="cpu", which="public", case=case) as grading:
        yield lambda path: grading.grade_task(path, task_of, progress)


def self_check(exercises: dict[str, Exercise]) -> Task:
    """The task of checking these exercises: a part for each, with its criteria's weights for marks."""
    parts = []
    for id_, exercise in exercises.items():
        marks = sum(criterion.weight for criterion in exercise.rubric.criteria)
        parts.append(Part(id=id_, title=exercise.rubric.title, marks=marks, items=(Item(exercise=id_, marks=marks),)))
    rubric = AssignmentRubric(title="Self-check", marks=sum(part.marks for part in parts), parts=tuple(parts))
    return Task("self-check", rubric, exercises)


def _asked_for(course: Course, workspace: Workspace) -> dict[str, Exercise]:
    """A release holds one assignment's exercises and nothing of how they are marked."""
    if not course.assignments:
        return dict(course.exercises)
    rubric = course.assignments[find_assignment(course, workspace)]
    return {id_: course.exercises[id_] for id_ in rubric.exercises}


def _on_one_case(exercise: Exercise, case: str) -> Exercise:
    names = [known.name for known in read_fixture(exercise, "public").cases]
    if case not in names:
        raise UsageError(f"--case {case!r}: {exercise.id} has no such case; it has {', '.join(map(repr, names))}")
    return replace(exercise, rubric=_narrowed(exercise.rubric, case))


def _narrowed(rubric: ExerciseRubric[JudgedCriterion], case: str) -> ExerciseRubric[JudgedCriterion]:
    kept = [criterion for criterion in rubric.criteria if not criterion.cases or case in criterion.cases]
    ids = {criterion.id for criterion in kept}
    narrowed = [
        criterion.model_copy(
            update={
                "cases": (case,),
                "requires": tuple(other for other in criterion.requires if other in ids),
                "values_if": criterion.values_if if criterion.values_if in ids else None,
            }
        )
        for criterion in kept
    ]
    return rubric.model_copy(update={"criteria": tuple(narrowed)})
