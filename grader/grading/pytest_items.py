"""Plain `pytest` in a handout folder: one test for each criterion. A release's test file is made of these two."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.course.folder import find_own_course
from grader.grading.selfcheck import checking
from grader.model.report import CriterionReport, Status

TEST_FILE = '''"""Run `pytest` here: one test for each criterion, on the public cases."""

import pytest

from grader.grading.pytest_items import criteria, require


@pytest.mark.parametrize("criterion", criteria(__file__))
def test_my_work(criterion):
    require(criterion)
'''


def criteria(test_file: str) -> list[Any]:
    """Parameters for one test a criterion, of every exercise of the release that `test_file` lies in."""
    folder = Path(test_file).resolve().parent
    return [
        pytest.param((folder, id_, criterion.id), id=f"{id_}::{criterion.id}")
        for id_, exercise in find_own_course(None, folder).exercises.items()
        for criterion in exercise.rubric.criteria
    ]


def require(criterion: tuple[Path, str, str]) -> None:
    """Pass, fail with the words of grading, or skip what cannot be judged yet."""
    folder, exercise, id_ = criterion
    found = _report(folder)[exercise, id_]
    if found.status is Status.PASSED:
        return
    words = found.message or found.status.value
    if found.status is not Status.FAILED:
        pytest.skip(words)
    hint = f"\nhint: {found.hint}" if found.hint else ""
    again = f"\nreproduce: {found.reproduce}" if found.reproduce else ""
    pytest.fail(f"{found.title}\n{words}{hint}{again}", pytrace=False)


@cache
def _report(folder: Path) -> dict[tuple[str, str], CriterionReport]:
    """The folder is checked once for all tests."""
    with checking(find_own_course(None, folder)) as check:
        report = check(folder)
    return {(c.exercise or "", c.id): c for part in report.parts for c in part.criteria}
