"""Every wheat and every chaff of the course through the whole line, once; and the same marks from its kept run."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.folder import find_course
from grader.grading.kept_runs import judge_again, read_run, write_run
from grader.grading.line import Grading, Task
from grader.grading.prepared import PreparedCourse
from grader.model.assignment import AssignmentRubric, Item, Part
from grader.model.report import CriterionReport, Report, Status
from tests.places import ROOT

COURSE = find_course(ROOT, ROOT)


def solutions(kind: str) -> list[tuple[str, Path]]:
    return [(id_, path) for id_, exercise in COURSE.exercises.items() for path in getattr(exercise, kind)]


def named(solution: tuple[str, Path]) -> str:
    return f"{solution[0]}/{solution[1].stem}"


@pytest.fixture(scope="module")
def grading() -> Iterator[Grading]:
    with Grading(COURSE) as grading:
        yield grading


@pytest.fixture(scope="module")
def judging() -> PreparedCourse:
    return PreparedCourse(COURSE)


def criteria_of(report: Report) -> list[CriterionReport]:
    return [c for part in report.parts for c in part.criteria if c.exercise is not None]


def graded(
    grading: Grading, judging: PreparedCourse, exercise: str, source: Path, folder: Path
) -> list[CriterionReport]:
    """The exercise's criteria, graded; judged again from the kept run they must be the same."""
    part = Part(id="1", title="alone", marks=1, items=(Item(exercise=exercise, marks=1),))
    rubric = AssignmentRubric(title="alone", marks=1, parts=(part,))
    task = Task("alone", rubric, {exercise: COURSE.exercises[exercise]})
    run, report = grading.observe_and_judge(source, task_of=lambda _: task)
    again, unobserved = judge_again(read_run(write_run(run, folder)), judging, rubric)
    assert not unobserved
    assert _plain(again) == _plain(report)
    return criteria_of(report)


def _plain(report: Report) -> object:
    return json.loads(report.model_dump_json(exclude={"seconds"}))


def promised(chaff: Path) -> set[str]:
    """The criteria that a chaff says it loses."""
    text = chaff.read_text()
    if chaff.suffix == ".toml":
        return set(tomllib.loads(text)["about"]["loses"])
    return next(eval(line.partition("=")[2]) for line in text.splitlines() if line.startswith("LOSES"))


@pytest.mark.linux_sandbox
@pytest.mark.parametrize("wheat", solutions("wheats"), ids=named)
def test_every_other_correct_way_earns_full_marks(grading, judging, wheat, tmp_path) -> None:
    criteria = graded(grading, judging, *wheat, tmp_path)
    assert [(c.id, c.message) for c in criteria if c.status is not Status.PASSED] == []


@pytest.mark.linux_sandbox
@pytest.mark.parametrize("chaff", solutions("chaffs"), ids=named)
def test_every_known_mistake_loses_its_own_criteria_with_a_reason(grading, judging, chaff, tmp_path) -> None:
    exercise, path = chaff
    criteria = graded(grading, judging, exercise, path, tmp_path)
    failed = [c for c in criteria if c.status is Status.FAILED]
    assert {c.id for c in failed} == promised(path)
    assert {c.status for c in criteria} <= {Status.PASSED, Status.FAILED, Status.BLOCKED, Status.NOT_ATTEMPTED}
    written = COURSE.exercises[exercise].written  # students have no key to check answers with
    for criterion in failed:
        assert criterion.message
        assert criterion.hint
        assert criterion.earned == 0
        assert written or criterion.reproduce.startswith(f"grade check {exercise} --case ")


@pytest.mark.parametrize("exercise", COURSE.exercises)
def test_every_exercise_has_right_ways_and_mistakes_to_be_tried_by(exercise: str) -> None:
    assert len(COURSE.exercises[exercise].wheats) >= 2
    assert len(COURSE.exercises[exercise].chaffs) >= 5
