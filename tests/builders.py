"""Small exercises, submissions, observations and reports that tests are made of."""

import re
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from grader.course.folder import Exercise
from grader.grading.prepared import Prepared
from grader.judge.checks.families import AnyCriterion, Rubric
from grader.messages.requests import ProbeCode
from grader.model.fixture import Excerpt, Expected, ExpectedTensor, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Definition, Observation, Outcome, SeenTensor, StudentError
from grader.model.report import CourseIdentity
from grader.model.submission import Cell, Source, Workspace

COURSE = CourseIdentity(folder="/course", digest="0" * 64)
TOY_ID = "toy/exercise"
DEFINED = Definition("a.py", "f")  # where `workspace_of` defines what `prepared_of` asks for
_CRITERION = TypeAdapter(AnyCriterion)


def without_course(output: str) -> str:
    """What a command says, but for the line that names the course where it was found from the working folder."""
    return re.sub(r"\Acourse: .*, found from the working folder.*\n", "", output)


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


def prepared_of(probe: str, fixture: Fixture, timeout_s: float = 8.0, given: str = "", **keys: object) -> Prepared:
    """An exercise that asks for f, without files of its own."""
    values = criterion("output", title="the output is right", tensors=("output",))
    described = rubric(values, **{"entry": "f", "timeout_s": timeout_s, **keys})
    exercise = Exercise(TOY_ID, described, Path("solutions"), Path("fixtures"))
    files = {f"{TOY_ID}/probe.py": probe} | ({f"{TOY_ID}/given.py": given} if given else {})
    return Prepared(exercise, fixture, ProbeCode(TOY_ID, files), inputs="", base_names=())


def criterion(id_, check="value_matches", **keys):
    """A criterion of any kind, as a rubric's file would give it; raises pydantic's ValidationError."""
    return _CRITERION.validate_python({"id": id_, "title": id_, "check": check, **keys})


def rubric(*criteria, **keys):
    return Rubric(**{"title": "Toy", "entry": "toy", "criteria": criteria, **keys})


def expected_tensor(values, control=0.0, dtype="float32"):
    return ExpectedTensor(np.asarray(values, np.float64), control, dtype)


def one_case(expected, inputs=None, mistakes=None, *, name="plain", factor=16.0, hints=None):
    """A fixture with one case and one dialect."""
    case = FixtureCase(name, inputs or {}, {}, {"reference": expected}, mistakes or {})
    return Fixture("toy/toy", (case,), factor, hints or {})


def seen_tensor(value, /, **claimed):
    """A plain tensor that holds these values; what it claims to be besides can be given."""
    array = np.asarray(value)
    described = {"type": "Tensor", "shape": array.shape, "dtype": str(array.dtype), "device": "cpu", "array": array}
    return SeenTensor(**described | claimed)


def float32_tensor(values):
    return seen_tensor(np.asarray(values, np.float32))


def no_tensor(value):
    return SeenTensor(type(value).__name__, (), "", "")


def raised(type_, message="said so", where="", **seen):
    error = StudentError(type_, message, where)
    return Observation("plain", Outcome.RAISED, error=error, **seen)


def mistake(outcome=Outcome.COMPLETE, error_type="", facts=None, **arrays):
    """What a chaff showed on one case."""
    excerpts = {name: Excerpt.of(np.asarray(values, np.float32)) for name, values in arrays.items()}
    return SeenMistake(outcome, error_type, excerpts, facts or {})


def expected(facts=None, **tensors):
    """What the reference shows: exact values by name."""
    return Expected({name: expected_tensor(values, 1e-6) for name, values in tensors.items()}, facts or {})
