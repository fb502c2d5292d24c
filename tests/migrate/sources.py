"""Courses for other graders, written by the tests that import them."""

import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.authoring.audit import audit_exercise, rehearse
from grader.authoring.handout.handout import verify_handout
from grader.authoring.record.verification import verify_fixtures
from grader.course.folder import Course
from grader.course.review import review_rubrics
from grader.grading.line import Grading

GRADE = str(Path(sys.executable).with_name("grade"))
R = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "language_info": {"name": "R"}}


def dedented(text: str) -> str:
    return textwrap.dedent(text).strip()


def nbgrader_cell(kind: str, source: str, **told: Any) -> Any:
    make = new_code_cell if kind == "code" else new_markdown_cell
    full = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False} | told
    return make(dedented(source), metadata={"nbgrader": full})


def answer(name: str, source: str) -> Any:
    return nbgrader_cell("code", source, grade_id=name, solution=True)


def checks(name: str, source: str, points: Any) -> Any:
    return nbgrader_cell("code", source, grade_id=name, grade=True, locked=True, points=points)


def otter_question(settings: str, *inside: Any, tests: Sequence[str] = ()) -> list[Any]:
    cells = [new_raw_cell(f"# BEGIN QUESTION\n{settings}"), *inside]
    if tests:
        cells += [new_raw_cell("# BEGIN TESTS"), *map(new_code_cell, tests), new_raw_cell("# END TESTS")]
    return [*cells, new_raw_cell("# END QUESTION")]


def otter_solution(code: str) -> list[Any]:
    return [new_raw_cell("# BEGIN SOLUTION"), new_code_cell(code), new_raw_cell("# END SOLUTION")]


def write_notebook(path: Path, cells: Sequence[Any], metadata: dict[str, Any] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    own = [nbformat.from_dict({**cell, "id": f"cell-{number}"}) for number, cell in enumerate(cells, start=1)]
    nbformat.write(new_notebook(cells=own, metadata=metadata or {}), path)


def grade(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [GRADE, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL)


def all_that_is_wrong(course: Course) -> list[str]:
    """What `grade rubric check`, `handout verify`, `fixtures verify` and `audit` find, of everything there is."""
    found = [*review_rubrics(course, [*course.assignments, *course.exercises]), *verify_fixtures(course)]
    found += [line for id_ in course.exercises for line in audit_exercise(course, id_).mismatches]
    with Grading(course) as grading:
        for id_ in course.assignments:
            found += [*verify_handout(course, id_), *rehearse(course, id_, grading).mismatches]
    return found
