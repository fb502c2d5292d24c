"""Which of a submission's definitions are tried, and in which order."""

import tracemalloc

import pytest

from grader.grading.candidates import candidates_in
from grader.model.submission import Cell, Source, Workspace
from tests.builders import criterion, expected_tensor, one_case, prepared_of, rubric


def notebook(*texts: str) -> Source:
    cells = tuple(Cell(f"cell {number}", text) for number, text in enumerate(texts, start=1))
    return Source("work.ipynb", "notebook", cells, frozenset({"f"}))


def tried(source: Source, **keys: object) -> list[str]:
    exercise = prepared_of("", one_case(expected_tensor([0.0])), **keys).exercise
    return [candidate.source.id for candidate in candidates_in(workspace(source), exercise)]


def workspace(*sources: Source) -> Workspace:
    return Workspace("w", None, sources, (), None, ())


THREE = ("def f(): pass", "def f():\n    return 1", "# Flowers\ndef f():\n    return 2")


def test_the_last_definition_of_a_notebook_comes_first_then_the_latest() -> None:
    assert tried(notebook(*THREE)) == ["work.ipynb", "work.ipynb up to cell 2", "work.ipynb up to cell 1"]


def test_where_another_task_begins_the_last_definition_before_it_comes_first() -> None:
    order = tried(notebook(*THREE), until="(?i)flowers")
    assert order == ["work.ipynb up to cell 2", "work.ipynb", "work.ipynb up to cell 1"]


@pytest.mark.parametrize("until", ["", "(?i)flowers"])
def test_one_definition_is_one_candidate(until: str) -> None:
    assert tried(notebook("# Flowers", "def f(): pass", "print(1)"), until=until) == ["work.ipynb"]


def test_another_task_that_does_not_define_the_name_changes_nothing() -> None:
    assert tried(notebook("def f(): pass", "# Flowers", "print(1)"), until="(?i)flowers") == ["work.ipynb"]


def test_many_defining_cells_cost_no_more_memory_than_the_notebook_itself() -> None:
    source = notebook(*(f"def f():\n    return {number}" for number in range(25_000)))
    tracemalloc.start()
    try:
        found = tried(source)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found) == 4
    assert peak < 20e6


def test_a_pattern_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"'\(' is no regular expression: missing \)"):
        rubric(criterion("output", tensors=("output",)), until="(")
