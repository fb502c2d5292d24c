"""A student's own check, on the public cases: the same probe, judge and words as grading."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.course.detect import find_assignment
from grader.course.fixtures import read_fixture
from grader.course.folder import Course, Exercise
from grader.grading.choosing import Progress
from grader.grading.line import Grading, Task
from grader.judge.checks.criterion import JudgedCriterion
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.errors import CourseError, UsageError
from grader.model.report import Report
from grader.model.submission import Workspace
from grader.scoring.marks import shares


@contextmanager
def checking(
    course: Course,
    ids: Sequence[str] = (),
    case: str | None = None,
    *,
    isolation: str = "none",
    progress: Progress = lambda _: None,
) -> Iterator[Callable[[Path], Report]]:
    """A function that checks what a path (.zip, folder, .ipynb, .py) has for these exercises; it can be called again.

    Without ids: for the exercises of the assignment that the path is for. They count in its marks. With a `case`, only
    the criteria that look at it count. Raises UsageError where there is no such case or no assignment can be told,
    SubmissionError where nothing can be read.
    """

    def task_of(workspace: Workspace) -> Task:
        return self_check(course, ids, workspace, case)

    with Grading(course, isolation=isolation, device="cpu", which="public", case=case) as grading:
        yield lambda path: grading.grade(path, progress, task_of)


def self_check(
    course: Course, ids: Collection[str], workspace: Workspace | None = None, case: str | None = None
) -> Task:
    """The task of checking these exercises for the marks they have in the assignment; without ids, all that it has.

    Where no assignment or more than one can be meant, each exercise is a part of its own, and its criteria's weights
    are its marks. With a `case`, each of the criteria that look at it keeps its marks, and there are no others.
    """
    assignment = _assignment(course, ids, workspace)
    if assignment is None:
        name, title = "self-check", "Self-check"
        asked = tuple(ids or course.exercises)
        parts = tuple(_by_weights(course.exercise(id_)) for id_ in asked)
    else:
        rubric = course.assignment(assignment)
        name, title = f"self-check of {assignment}", rubric.title
        asked, parts = tuple(ids) or rubric.exercises, rubric.parts
    exercises = {id_: course.exercise(id_) for id_ in asked}
    if case is not None:
        exercises = {id_: _on_one_case(exercise, case) for id_, exercise in exercises.items()}
    return Task(name, _automatic(title, parts, course, exercises), exercises)


def _assignment(course: Course, ids: Collection[str], workspace: Workspace | None) -> str | None:
    """The assignment that a check counts for: the only one there is, or that has these exercises, or what is told."""
    fitting = [id_ for id_ in course.assignments if set(ids) <= set(_exercises_of(course, id_))]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting or workspace is None:
        return None
    try:
        told = find_assignment(course, workspace)
    except UsageError:
        if ids:
            return None
        raise
    return told if told in fitting else None


def _exercises_of(course: Course, assignment: str) -> tuple[str, ...]:
    """Where its rubric is wrong, none: that is no reason not to check an exercise."""
    try:
        return course.assignment(assignment).exercises
    except CourseError:
        return ()


def _by_weights(exercise: Exercise) -> Part:
    marks, id_ = sum(criterion.weight for criterion in exercise.rubric.criteria), exercise.id
    return Part(id=id_, title=exercise.rubric.title, marks=marks, items=(Item(exercise=id_, marks=marks),))


def _automatic(
    title: str, parts: Sequence[Part], course: Course, exercises: Mapping[str, Exercise]
) -> AssignmentRubric:
    """What of the marks these exercises decide; a person's marks and other exercises' are left out."""
    kept = []
    for part in parts:
        items = tuple(_kept(i, course.exercise(i.exercise), exercises) for i in part.items if i.exercise in exercises)
        if items:
            marks = round(sum(item.marks for item in items), 6)
            kept.append(part.model_copy(update={"items": items, "marks": marks, "guide": ""}))
    if not any(part.marks for part in kept if not part.bonus):  # bonus marks alone are what there is to earn
        kept = [part.model_copy(update={"bonus": False}) for part in kept]
    marks = round(sum(part.marks for part in kept if not part.bonus), 6)
    return AssignmentRubric(title=title, marks=marks, parts=tuple(kept))


def _kept(item: Item, whole: Exercise, exercises: Mapping[str, Exercise]) -> Item:
    """The item with the marks of those criteria that are looked at."""
    ids = {criterion.id for criterion in exercises[item.exercise].rubric.criteria}
    criteria = whole.rubric.criteria
    marks = zip(criteria, shares(item.marks, [criterion.weight for criterion in criteria]), strict=True)
    return item.model_copy(update={"marks": round(sum(mark for criterion, mark in marks if criterion.id in ids), 6)})


def _on_one_case(exercise: Exercise, case: str) -> Exercise:
    criteria = exercise.rubric.criteria
    names = [c.name for c in read_fixture(exercise, "public").cases if any(one.looks_at(c.name) for one in criteria)]
    if case not in names:
        raise UsageError(f"--case {case!r}: {exercise.id} has no such case; it has {', '.join(map(repr, names))}")
    kept = {criterion.id: criterion for criterion in criteria if criterion.looks_at(case)}

    def narrowed(criterion: JudgedCriterion) -> JudgedCriterion:
        requires = tuple(other for other in criterion.requires if other in kept)
        values_if = criterion.values_if if criterion.values_if in kept else None
        return criterion.model_copy(update={"cases": (case,), "requires": requires, "values_if": values_if})

    rubric = exercise.rubric.model_copy(update={"criteria": tuple(map(narrowed, kept.values()))})
    return replace(exercise, rubric=rubric)
