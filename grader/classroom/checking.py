"""A student's own check of one exercise, on the public cases: the same probe, judge and words as grading."""

from dataclasses import replace
from pathlib import Path

from grader.classroom.grading import Grading, Task
from grader.course.fixtures import read_fixture
from grader.course.folder import Course
from grader.model.errors import UsageError
from grader.model.report import Report
from grader.model.rubric import AssignmentRubric, ExerciseRubric, Item, Part


def check_exercise(course: Course, id_: str, path: Path, case: str | None = None, *, isolation: str = "none") -> Report:
    """Check what `path` (.zip, folder, .ipynb, .py) has for one exercise; each criterion's marks are its weight.

    With a `case`, the criteria that look at it, on that case alone. Raises UsageError where there is no such case,
    SubmissionError where nothing can be read.
    """
    exercise = course.exercise(id_)
    if case is not None:
        names = [known.name for known in read_fixture(exercise, "public").cases]
        if case not in names:
            raise UsageError(f"--case {case!r}: {id_} has no such case; it has {', '.join(map(repr, names))}")
        exercise = replace(exercise, rubric=_on_one_case(exercise.rubric, case))
    marks = sum(criterion.weight for criterion in exercise.rubric.criteria)
    part = Part(id=id_, title=exercise.rubric.title, marks=marks, items=(Item(exercise=id_, marks=marks),))
    rubric = AssignmentRubric(title=exercise.rubric.title, marks=marks, parts=(part,))
    with Grading(course, isolation=isolation, device="cpu", which="public", case=case) as grading:
        return grading.grade_task(path, Task("self-check", rubric, {id_: exercise}))


def _on_one_case(rubric: ExerciseRubric, case: str) -> ExerciseRubric:
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
