"""A student's own check, on the public cases: the same probe, judge and words as grading."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.course.detect import find_assignment
from grader.course.fixtures import read_fixture
from grader.course.folder import Course, Exercise
from grader.grading.line import Grading, Task
from grader.judge.checks.criterion import JudgedCriterion
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.errors import CourseError, UsageError
from grader.model.report import Report
from grader.model.rubric import ExerciseRubric
from grader.model.submission import Workspace
from grader.scoring.marks import shares

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

    Without ids: for the exercises of the assignment that the path is for. They count in its marks. With a `case`, only
    the criteria that look at it count. Raises UsageError where there is no such case or no assignment can be told,
    SubmissionError where nothing can be read.
    """
    exercises = {id_: course.exercise(id_) for id_ in ids}
    narrowed = {id_: _on_one_case(exercise, case) for id_, exercise in exercises.items()} if case is not None else {}

    def task_of(workspace: Workspace) -> Task:
        task = self_check(course, tuple(exercises), workspace)
        return _narrowed_task(task, narrowed) if narrowed else task

    with Grading(course, isolation=isolation, device="cpu", which="public", case=case) as grading:
        yield lambda path: grading.grade_task(path, task_of, progress)


def self_check(course: Course, ids: Collection[str], workspace: Workspace | None = None) -> Task:
    """The task of checking these exercises for the marks they have in the assignment; without ids, all that it has.

    Where no assignment or more than one can be meant, each exercise is a part of its own, and its criteria's weights
    are its marks.
    """
    assignment = _assignment(course, ids, workspace)
    if assignment is None:
        exercises = {id_: course.exercise(id_) for id_ in ids or course.exercises}
        return Task("self-check", _by_weights(exercises), exercises)
    rubric = course.assignment(assignment)
    exercises = {id_: course.exercises[id_] for id_ in ids or rubric.exercises}
    return Task(f"self-check of {assignment}", _automatic(rubric, exercises), exercises)


def _assignment(course: Course, ids: Collection[str], workspace: Workspace | None) -> str | None:
    """The assignment that a check counts for: the only one there is, or that has these exercises, or what is told.

    Raises UsageError where whole work is checked and several are possible.
    """
    fitting = [id_ for id_ in course.assignments if set(ids) <= set(_exercises_of(course, id_))]
    if not fitting:
        return None
    if len(fitting) == 1:
        return fitting[0]
    if workspace is None:
        return None
    try:
        told = find_assignment(course, workspace)
    except UsageError:
        if ids:
            return None
        raise
    return told if told in fitting else None


def _exercises_of(course: Course, assignment: str) -> tuple[str, ...]:
    """None where its rubric is wrong: that is no reason not to check an exercise."""
    try:
        return course.assignment(assignment).exercises
    except CourseError:
        return ()


def _automatic(rubric: AssignmentRubric, exercises: Collection[str]) -> AssignmentRubric:
    """What of the rubric's marks these exercises decide; a person's marks and other exercises' are left out."""
    parts = []
    for part in rubric.parts:
        items = tuple(item for item in part.items if item.exercise in exercises)
        if items:
            marks = round(sum(item.marks for item in items), 6)
            parts.append(part.model_copy(update={"items": items, "marks": marks, "guide": ""}))
    return _rubric_of(rubric.title, parts)


def _by_weights(exercises: dict[str, Exercise]) -> AssignmentRubric:
    parts = []
    for id_, exercise in exercises.items():
        marks = sum(criterion.weight for criterion in exercise.rubric.criteria)
        parts.append(Part(id=id_, title=exercise.rubric.title, marks=marks, items=(Item(exercise=id_, marks=marks),)))
    return _rubric_of("Self-check", parts)


def _rubric_of(title: str, parts: Sequence[Part]) -> AssignmentRubric:
    marks = round(sum(part.marks for part in parts if not part.bonus), 6)
    if not marks:  # bonus parts alone: their marks are what there is to earn
        return _rubric_of(title, [part.model_copy(update={"bonus": False}) for part in parts])
    return AssignmentRubric(title=title, marks=marks, parts=tuple(parts))


def _narrowed_task(task: Task, narrowed: dict[str, Exercise]) -> Task:
    """The task with fewer criteria, each of which keeps its marks."""
    parts = []
    for part in task.rubric.parts:
        items = tuple(_narrowed_item(item, task.exercises[item.exercise], narrowed) for item in part.items)
        parts.append(part.model_copy(update={"items": items, "marks": round(sum(item.marks for item in items), 6)}))
    return replace(task, rubric=_rubric_of(task.rubric.title, parts), exercises=narrowed)


def _narrowed_item(item: Item, exercise: Exercise, narrowed: dict[str, Exercise]) -> Item:
    kept = {criterion.id for criterion in narrowed[item.exercise].rubric.criteria}
    criteria = exercise.rubric.criteria
    marks = shares(item.marks, [criterion.weight for criterion in criteria])
    own = sum(mark for mark, criterion in zip(marks, criteria, strict=True) if criterion.id in kept)
    return item.model_copy(update={"marks": round(own, 6)})


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
