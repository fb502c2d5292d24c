"""Small exercises, submissions and reports that tests are made of."""

from pathlib import Path

import numpy as np

from grader.course.folder import Exercise
from grader.grading.prepared import Prepared
from grader.model.fixture import Fixture, FixtureCase
from grader.model.probe import ProbeCode
from grader.model.report import CourseIdentity
from grader.model.rubric import Criterion, ExerciseRubric
from grader.model.run import Definition
from grader.model.submission import Cell, Source, Workspace

COURSE = CourseIdentity(folder="/course", digest="0" * 64)
TOY_ID = "toy/exercise"
DEFINED = Definition("a.py", "f")  # where `workspace_of` defines what `prepared_of` asks for


def workspace_of(root: Path, text: str, **files: str) -> Workspace:
    """One module, a.py, that defines f, and text files beside it."""
    (root / "a.py").write_text(text)
    for name, content in files.items():
        (root / f"{name}.txt").write_text(content)
    source = Source("a.py", "module", (Cell("", text),), frozenset({"f"}))
    return Workspace("submission", root, (source,), data_files=tuple(f"{name}.txt" for name in files))


def fixture_of(*values: float) -> Fixture:
    """A case for each value, with x filled with it; nothing is expected."""
    cases = [FixtureCase(f"x = {v:g}", {"x": np.full(2, v, dtype=np.float32)}, {}, {}) for v in values]
    return Fixture(TOY_ID, tuple(cases), 16.0)


def prepared_of(probe: str, fixture: Fixture, timeout_s: float = 8.0, given: str = "", **rubric: object) -> Prepared:
    """An exercise that asks for f, without files of its own."""
    criterion = Criterion(id="output", title="the output is right", check="value_matches", tensors=("output",))
    described = {"title": "Toy", "entry": "f", "criteria": (criterion,), "timeout_s": timeout_s}
    exercise = Exercise(TOY_ID, ExerciseRubric(**(described | rubric)), Path("solutions"), Path("fixtures"))
    files = {f"{TOY_ID}/probe.py": probe} | ({f"{TOY_ID}/given.py": given} if given else {})
    return Prepared(exercise, fixture, ProbeCode(TOY_ID, files), inputs="", base_names=())
