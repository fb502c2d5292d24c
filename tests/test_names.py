"""The harness knows no course: no exercise, assignment, file or asked-for name of the course here stands in grader/."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.folder import Course, open_course
from tests.places import ROOT

TEXTS = [path for path in sorted((ROOT / "grader").rglob("*")) if path.is_file() and path.suffix != ".pyc"]


def ids_of(course: Course) -> set[str]:
    """What names one thing of the course and nothing else: ids, files of data, notebooks."""
    found = {*course.exercises, *course.assignments}
    for exercise in course.exercises.values():
        found |= set(exercise.rubric.data)
    for rubric in course.assignments.values():
        found |= {file.path for file in rubric.handout if file.frame}
        found |= {f"{file.frame}.py" for file in rubric.handout if file.frame}
    return found


def names_of(course: Course) -> set[str]:
    """What students are asked to define."""
    rubrics = [exercise.rubric for exercise in course.exercises.values() if not exercise.written]
    return {name for rubric in rubrics for name in (rubric.entry, *rubric.aliases, *rubric.also)}


def pattern(ids: set[str], names: set[str]) -> re.Pattern[str]:
    """Ids wherever they stand by themselves; names as code has them.

    A name that is no word of English (`MyNet`, `run_net`) is one wherever it stands; one that is (`train`) only in
    backticks, or where it is called by itself.
    """
    words = {name for name in names if re.fullmatch("[A-Z]?[a-z]+", name)}
    parts = [rf"(?<![\w/-])(?:{_any_of(ids)})(?![\w/-])", rf"\b(?:{_any_of(names - words)})\b"]
    if words:
        parts += [rf"`(?:{_any_of(words)})[`(]", rf"(?<![.\w])(?:{_any_of(words)})\("]
    return re.compile("|".join(parts))


def _any_of(names: set[str]) -> str:
    return "|".join(map(re.escape, sorted(names)))


COURSE = open_course(ROOT)
NAMED = pattern(ids_of(COURSE), names_of(COURSE))


def mentions(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if found := NAMED.search(line):
            yield f"{path.relative_to(ROOT)}, line {number}: {found[0]}"


def test_the_course_has_names_to_look_for() -> None:
    assert len(ids_of(COURSE)) > 40
    assert len(names_of(COURSE)) > 30
    assert len(TEXTS) > 150


def test_no_name_of_the_course_stands_in_the_harness() -> None:
    assert [line for path in TEXTS for line in mentions(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        'check("topic/net", Net)',
        "as topic/net, else all",
        "`week-9`",
        "a UNet's skips",
        "def run_net(x):",
        "what `train` returns",
        "train(args)",
        'open("weights.npz")',
    ],
)
def test_a_name_is_found(line: str) -> None:
    assert pattern({"topic/net", "week-9", "weights.npz"}, {"UNet", "run_net", "train"}).search(line)


@pytest.mark.parametrize("line", ["network.train()", "to train and test", "my/topic/net.py", '"x_train"', "retrain(x)"])
def test_other_words_are_not(line: str) -> None:
    assert not pattern({"topic/net", "week-9"}, {"UNet", "run_net", "train"}).search(line)
