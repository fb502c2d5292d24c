"""Every way in which Otter gives points: they become an exercise's, a person's, or are told as left out."""

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from grader.course.folder import Course
from grader.migrate.courses import write_course
from grader.migrate.findings import Findings, missing
from grader.migrate.otter import read_otter
from tests.migrate.sources import otter_question, otter_solution, write_notebook

HALVE = otter_solution("def halve(x):\n    return x / 2")
CONFIGURED = '""" # BEGIN TEST CONFIG\npoints: {}\nhidden: {}\n""" # END TEST CONFIG\nhalve({}) == {}'


def configured(points: Any, x: int, hidden: bool = False) -> str:
    return CONFIGURED.format(points, str(hidden).lower(), x, x / 2)


def imported(folder: Path, *cells: Any) -> tuple[Course, Findings]:
    write_notebook(folder / "source" / "hw.ipynb", cells)
    findings = Findings()
    return write_course(read_otter(folder / "source", findings), folder / "course", findings), findings


def shares(findings: Findings) -> dict[str, tuple[float, float]]:
    """By question: points of its exercises, points of a person."""
    return {one.where.removeprefix("hw, "): (one.exercise, one.person) for one in findings.brought}


@pytest.mark.parametrize(
    ("settings", "tests", "expected"),
    [
        ("points: 2", ["halve(5)"], [2]),
        ("points: 0.5", ["halve(5)", "# HIDDEN\nhalve(4)"], [0.25, 0.25]),
        ("points: null", ["halve(5)"], [1]),
        ("manual: false", ["halve(5)"], [1]),
        ("points: [1, 2]", ["halve(5)", "halve(4)"], [3]),
        ("points: [1, 2]", ["halve(5)", "# Hidden test\nhalve(4)"], [1, 2]),
        ("points: [1, 2]", ["halve(5)"], [3]),
        ("points:\n  each: 2", ["halve(5)", "halve(3)", "halve(4)"], [6]),
        ("points: 5", [configured(2, 5), "halve(4)"], [5]),
        ("points: null", [configured(2, 5), configured(1.5, 4, hidden=True)], [2, 1.5]),
        ("points: 5", [configured(2, 5), configured(1, 4)], [3]),
        ("points: 1", [configured(2, 5), configured(1, 4)], [3]),
        ("points: 4\ncheck_cell: false\nexport: true", ["assert halve(5) == 2.5"], [4]),
    ],
)
def test_points_of_tests_are_those_that_otter_gives(
    tmp_path: Path, settings: str, tests: list[str], expected: list[float]
) -> None:
    course, findings = imported(tmp_path, *otter_question(f"name: q1\n{settings}", *HALVE, tests=tests))
    assert shares(findings) == {"q1": (sum(expected), 0)}
    assert [item.marks for item in course.assignment("hw").parts[0].items] == expected
    assert missing(findings, course) == []


@pytest.mark.parametrize(
    ("settings", "told", "tests"),
    [
        ("points: 3\nmanual: true", "marked by hand there too", []),
        ("points: [1, 2]\nmanual: true", "marked by hand there too", []),
        ("points: 3\nmanual: true", "marked by hand there too", ["halve(5)"]),
        ("points: 3", "it has no tests", []),
        ("points: 3", "its test q1_1: line 1 is no Python (invalid syntax)", ["halve(5) halve(4)"]),
        ("points: 3", "the solution itself raised TypeError", ["halve('a')"]),
    ],
)
def test_points_that_no_test_decides_are_a_persons(tmp_path: Path, settings: str, told: str, tests: list[str]) -> None:
    course, findings = imported(tmp_path, *otter_question(f"name: q1\n{settings}", *HALVE, tests=tests))
    assert shares(findings) == {"q1": (0, 3)}
    assert told in findings.brought[0].why
    assert course.assignment("hw").parts[0].guide
    assert missing(findings, course) == []


@pytest.mark.parametrize("settings", ["name: [q2", "- q2", "name: q2\npoints: two", "name: q2\npoints: [1, two]"])
def test_settings_that_cannot_be_read_stop_nothing(tmp_path: Path, settings: str) -> None:
    first = otter_question("name: q1\npoints: 2", *HALVE, tests=["halve(5)"])
    second = otter_question(settings, *otter_solution("def third(x):\n    return x / 3"), tests=["third(9)"])
    third = otter_question(
        "name: q3\npoints: 1", *otter_solution("def twice(x):\n    return 2 * x"), tests=["twice(9)"]
    )
    course, findings = imported(tmp_path, *first, *second, *third)
    assert shares(findings)["q1"] == (2, 0)
    assert shares(findings)["q3"] == (1, 0)
    assert [one.points for one in findings.brought].count(None) == 1
    assert missing(findings, course) == ["1 of the lines above have points that could not be counted: look there"]


def test_settings_in_markdown_fences_are_read(tmp_path: Path) -> None:
    begin = "```otter\n# BEGIN QUESTION\nname: q1\npoints: 2\n```"
    cells = [
        new_markdown_cell(f"{begin}\n**Halve** it.\n\n```otter\n# BEGIN SOLUTION\n```"),
        new_code_cell("def halve(x):\n    return x / 2"),
        new_markdown_cell("```otter\n# END SOLUTION\n```\n\n```otter\n# BEGIN TESTS\n```"),
        new_code_cell("halve(5)"),
        new_markdown_cell("```otter\n# END TESTS\n```\n```otter\n# END QUESTION\n```\nThe end."),
    ]
    course, findings = imported(tmp_path, *cells)
    assert shares(findings) == {"q1": (2, 0)}
    assert handed_out(course)[0] == "**Halve** it."
    assert "The end." in handed_out(course)


def test_questions_of_old_versions_are_told_with_their_points(tmp_path: Path) -> None:
    old = "**Q2.**\n\n```\nBEGIN QUESTION\nname: q2\npoints: 3\n```"
    course, findings = imported(
        tmp_path, *otter_question("name: q1\npoints: 2", *HALVE, tests=["halve(5)"]), new_markdown_cell(old)
    )
    assert findings.brought[0].where == "hw, q2"
    assert "is in the format of Otter 2 and before" in findings.brought[0].why
    assert missing(findings, course) == ["the source has 5 points, the course 2: 3 are left out"]


def test_markers_without_partners_lose_nothing(tmp_path: Path) -> None:
    first = otter_question("name: q1\npoints: 2", *HALVE, tests=["halve(5)"])[:-1]
    twice = otter_solution("def twice(x):\n    return 2 * x")
    second = otter_question("name: q2\npoints: 1", *twice, tests=["twice(9)"])
    course, findings = imported(tmp_path, new_raw_cell("# END QUESTION"), *first, *second[:-1])
    assert shares(findings) == {"q1": (2, 0), "q2": (1, 0)}
    assert [line.partition(": ")[2] for line in findings.lines] == [
        "`# END QUESTION` without a `# BEGIN QUESTION`; left out",
        "question 'q1' has no `# END QUESTION` cell before it",
        "has no `# END QUESTION` cell; it ends with the notebook",
    ]
    assert missing(findings, course) == []


def test_tests_in_files_are_told_as_the_reason_why_a_person_marks(tmp_path: Path) -> None:
    (tmp_path / "source" / "tests").mkdir(parents=True)
    (tmp_path / "source" / "tests" / "q1.py").write_text("test = {'name': 'q1', 'suites': []}")
    course, findings = imported(tmp_path, *otter_question("name: q1\npoints: 3", *HALVE))
    assert shares(findings) == {"q1": (0, 3)}
    assert findings.brought[0].why.startswith("its tests are in OK format (tests/q1.py), which is not read")
    assert missing(findings, course) == []


def handed_out(course: Course) -> list[str]:
    notebook = json.loads((course.root / "handout" / "hw" / "hw.ipynb").read_text())
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def test_questions_of_a_person_stay_in_the_handout_and_their_answers_do_not(tmp_path: Path) -> None:
    answer = [new_raw_cell("# BEGIN SOLUTION"), new_markdown_cell("Because of this."), new_raw_cell("# END SOLUTION")]
    course, _ = imported(
        tmp_path,
        *otter_question("name: q1\npoints: 2", *HALVE, tests=["halve(5)"]),
        *otter_question("name: q2\npoints: 1\nmanual: true", new_markdown_cell("**Why?**"), *answer),
        *otter_question("name: q3\npoints: 1\nmanual: true", new_code_cell("x = 1\ny = 2  # SOLUTION")),
        new_code_cell("z = halve(8)  # SOLUTION"),
        new_markdown_cell("The end."),
    )
    text = "\n".join(handed_out(course))
    assert "**Why?**\n*Your answer here.*" in text
    assert "x = 1\n# Your answer here" in text
    assert "The end." in text
    for secret in ("Because of this", "y = 2", "halve(8)", "x / 2"):
        assert secret not in text
    assert course.assignment("hw").parts[1].guide == "Because of this."


def test_magics_and_two_notebooks_of_one_name(tmp_path: Path) -> None:
    setup = new_code_cell("%matplotlib inline\n!ls")
    question = otter_question("name: q1\npoints: 2", *HALVE, tests=["!ls\nhalve(5)"])
    write_notebook(tmp_path / "source" / "again" / "hw.ipynb", [setup, *question, *question])
    course, findings = imported(tmp_path, setup, *question)
    assert sum(rubric.marks for rubric in course.assignments.values()) == findings.points == 6
    assert "hw.ipynb, cell 7: left out of what is run: !ls" in findings.lines
    assert missing(findings, course) == []
