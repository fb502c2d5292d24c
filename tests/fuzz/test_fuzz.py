"""Whatever comes out of a sandbox or an archive: no crash, no fault of ours, bounded memory, marks within their bounds.

A short run in the suite; `GRADE_FUZZ=200 pytest -n 2 tests/fuzz` tries 200 times as many, about ten minutes.
"""

import json
import os
import random
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from grader.course.folder import open_course
from grader.grading.candidates import observe_answers
from grader.grading.prepared import Prepared, PreparedCourse
from grader.intake.answers import read_answers
from grader.intake.workspace import open_submission
from grader.judge.verdicts import judge_exercise
from grader.messages.answers import from_child, from_zygote, observation_from
from grader.messages.frames import Frame
from grader.model.errors import SubmissionError, TensorError, WireError
from grader.model.fixture import Expected
from grader.model.observation import Observation, Outcome, SeenTensor, StudentError
from grader.model.report import Status
from grader.model.submission import Sheet, Workspace
from tests.places import ROOT, SAMPLES

TIMES = int(os.environ.get("GRADE_FUZZ", "1"))
EXERCISES = sorted(open_course(ROOT).exercises)
ANSWERS = [id_ for id_ in EXERCISES if open_course(ROOT).exercises[id_].written]
MOST_BYTES = 300 << 20
TEXTS = [
    "",
    "NaN",
    "\x1b[31m",
    "\ud800",
    "[bold]",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "9" * 5_000,
    "a" * 70_000,
    "0^0",
    "1/0",
]
NUMBERS = [0, -1, 1, 2**63, 10**400, 0.5, -0.0, float("nan"), float("inf"), 1e308, 5e-324, True, None]
DTYPES = [np.float32, np.float64, np.int64, np.int32, np.int16, np.int8, np.uint8, np.bool_]
CLAIMED = ["float32", "float64", "float16", "int64", "bool", "complex64", "", "nonsense"]


def few(examples: int) -> settings:
    return settings(max_examples=examples * TIMES)


@contextmanager
def bounded_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES


def refusal(read: Callable[[], object], *refusals: type[Exception]) -> str:
    """What it is refused with; "" where it is read. Anything else that it raises is a crash."""
    try:
        read()
    except refusals as refused:
        return str(refused)
    return ""


@cache
def prepared(id_: str) -> Prepared:
    course = open_course(ROOT)
    return PreparedCourse(course).prepare(course.exercises[id_], "hidden")


def anything(chance: random.Random, depth: int = 4) -> object:
    """JSON data, much of it hostile."""
    kind = chance.randrange(8 if depth else 4)
    if kind < 2:
        return chance.choice(NUMBERS)
    if kind < 4:
        return chance.choice([*TEXTS, chance.choice("abxyNFC^*+-/()[]{}0123456789. ") * chance.randrange(40)])
    if kind < 6:
        return [anything(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 6:
        return {str(chance.choice(TEXTS))[:50]: anything(chance, depth - 1) for _ in range(chance.randrange(4))}
    deep: object = 0
    for _ in range(chance.choice([3, 20])):  # deeper ones are refused with their frame
        deep = [deep]
    return deep


def changed(value: object, chance: random.Random) -> object:
    """The value with something in it replaced by anything."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        return {**value, key: changed(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], changed(value[place], chance), *value[place + 1 :]]
    return anything(chance)


def changed_array(array: np.ndarray, chance: random.Random) -> np.ndarray | None:
    kind = chance.randrange(8)
    if kind == 0:
        return None
    if kind == 1:
        return np.zeros([chance.choice([0, 1, 3]) for _ in range(chance.randrange(7))], np.float32)
    if kind == 2:
        return array.reshape(-1)[: chance.randrange(array.size + 1)]
    with np.errstate(all="ignore"):
        if kind == 3:
            return array.astype(chance.choice(DTYPES))
        array = np.array(array, np.float64)
        if array.size:
            array.reshape(-1)[chance.randrange(array.size)] = chance.choice([np.nan, np.inf, -np.inf, 1e300, 0.0])
        return array if kind < 6 else array * chance.choice([0.0, -1.0, 1e200, 1e-320])


def changed_seen(expected: Expected, case: str, chance: random.Random) -> Observation:
    """What a right submission shows, here and there changed; or no more than an error."""
    draws = {name: np.zeros(shape, np.int64) for name, shape in expected.draws.items()}
    arrays = {name: tensor.oracle for name, tensor in expected.tensors.items()} | draws
    tensors = {}
    for name, array in arrays.items():
        if chance.random() < 0.3:
            found = changed_array(array, chance)
            shape = tuple(found.shape) if found is not None else tuple(chance.choice([(), (1 << 60,), array.shape]))
            tensors[name] = SeenTensor(
                chance.choice(["Tensor", "NoneType", *TEXTS]), shape, chance.choice(CLAIMED), "cpu", found
            )
        elif chance.random() < 0.95:
            tensors[name] = SeenTensor("Tensor", array.shape, "float32", "cpu", array)
    facts = {name: changed(fact, chance) if chance.random() < 0.3 else fact for name, fact in expected.facts.items()}
    if chance.random() < 0.7:
        return Observation(case, tensors=tensors, facts=facts)
    outcome = chance.choice([outcome for outcome in Outcome if outcome not in (Outcome.COMPLETE, Outcome.FAULT)])
    error = StudentError(*(str(chance.choice(["NotImplementedError", "CannotTell", "Unusable", *TEXTS])) for _ in "12"))
    kept = error if outcome is Outcome.RAISED else None
    return Observation(case, outcome, tensors, facts, kept, reason=chance.choice(TEXTS))


def judged(id_: str, seen: dict[str, Observation]) -> None:
    """Each criterion has a verdict, in one printable piece, and none of them is a fault of ours."""
    with bounded_memory():
        verdicts = judge_exercise(prepared(id_).rubric, prepared(id_).fixture, seen).verdicts
    assert [verdict.criterion for verdict in verdicts] == [criterion.id for criterion in prepared(id_).rubric.criteria]
    for verdict in verdicts:
        assert verdict.status is not Status.GRADER_ERROR, verdict.message
        assert len(verdict.message) < 4_000
        assert verdict.message.isprintable()


@pytest.mark.parametrize("id_", EXERCISES)
@few(4)
@given(chance=st.randoms(use_true_random=False))
def test_the_judge_takes_anything_that_a_submission_may_show(id_: str, chance: random.Random) -> None:
    cases = prepared(id_).fixture.cases
    dialect = chance.choice(list(cases[0].dialects))
    judged(id_, {case.name: changed_seen(case.dialects[dialect], case.name, chance) for case in cases})


@pytest.mark.parametrize("id_", ANSWERS)
@few(8)
@given(chance=st.randoms(use_true_random=False))
def test_the_judge_takes_any_answers(id_: str, chance: random.Random) -> None:
    (case,) = prepared(id_).fixture.cases
    facts = next(iter(case.dialects.values())).facts
    given_answers = {name: changed(fact, chance) for name, fact in facts.items() if chance.random() < 0.9}
    judged(id_, {case.name: Observation(case.name, facts=given_answers)})


@few(60)
@given(text=st.text(max_size=300), chance=st.randoms(use_true_random=False))
def test_any_sheet_of_answers_is_read_and_judged(text: str, chance: random.Random) -> None:
    lines = (SAMPLES.parent.parent / "handout" / "cs5370-a4" / "answers.toml").read_text(encoding="utf-8").splitlines()
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(len(lines))
        written = chance.choice([text, json.dumps(anything(chance)), "[" * chance.randrange(200), *TEXTS])
        lines[place] = chance.choice([written, f"{lines[place].partition('=')[0]}= {written}"])
    with bounded_memory():
        sheet = read_answers("\n".join(lines))
    id_ = chance.choice(ANSWERS)
    judged(id_, dict(observe_answers(Sheet("answers.toml", sheet.answers), prepared(id_))))


HEADS = [
    {"kind": "started", "device": "cpu"},
    {"kind": "written", "files": 3},
    {"kind": "loaded", "names": ["f"], "errors": {"g": {"type": "T", "message": "m", "where": "w"}}, "notes": ["n"],
     "seconds": 0.5},
    {"kind": "ended", "probe": 1, "status": 9},
    {"kind": "exit", "number": 1, "status": 9},
    {"kind": "failed", "reason": "no"},
    {"case": 0, "tensors": {"output": {"type": "Tensor", "shape": [2], "dtype": "float32", "device": "cpu"}},
     "facts": {"calls": 2}, "error": None, "fault": "", "seconds": 0.5},
]  # fmt: skip


@few(150)
@given(chance=st.randoms(use_true_random=False))
def test_any_message_is_read_or_refused(chance: random.Random) -> None:
    head = changed(chance.choice(HEADS), chance)
    blob = bytearray(save({"output": np.zeros(2, np.float32)}))
    for _ in range(chance.randrange(4)):
        blob[chance.randrange(len(blob))] = chance.randrange(256)
    frame = Frame(head if isinstance(head, dict) else {"kind": head}, blob[: chance.choice([0, 8, 40, len(blob)])])
    for read in (from_child, from_zygote, lambda frame: observation_from(frame, "case")):
        with bounded_memory():
            said = refusal(lambda read=read: read(frame), WireError, TensorError)
        assert len(said) < 500
        assert said.isprintable()


def changed_bytes(data: bytes, chance: random.Random) -> bytes:
    kept = bytearray(data)
    for _ in range(chance.randrange(1, 20)):
        place = chance.choice([chance.randrange(len(kept)), max(0, len(kept) - 1 - chance.randrange(200))])
        kept[place] = chance.randrange(256)
    return bytes(kept[: chance.choice([len(kept), len(kept), chance.randrange(len(kept))])])


NAMES = ["work.ipynb", "work.py", "answers.toml", "deep/" * 50 + "a.py", "../a.py", "/etc/a.py", "a\x00.py", "C:\\a.py"]


@few(40)
@given(chance=st.randoms(use_true_random=False))
def test_any_archive_is_opened_or_refused_in_one_line(chance: random.Random) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = 1\n"}]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"grader": {"assignment": "a"}}, "cells": cells}
    contents = [json.dumps(changed(notebook, chance)).encode(), chance.randbytes(200), b"x" * 100_000]
    with tempfile.TemporaryDirectory() as folder:
        path, scratch = (
            Path(folder, f"handed-in{chance.choice(['.zip', '.ipynb', '.py', '.toml'])}"),
            Path(folder, "into"),
        )
        scratch.mkdir()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in chance.sample(NAMES, chance.randrange(1, 4)):
                archive.writestr(zipfile.ZipInfo(name), chance.choice(contents))
        if chance.random() < 0.5:
            path.write_bytes(changed_bytes(path.read_bytes(), chance))
        if path.suffix == ".ipynb":
            path.write_bytes(contents[0])
        with bounded_memory():
            opened: list[Workspace] = []
            said = refusal(lambda: opened.append(open_submission(path, scratch)), SubmissionError)
        assert said.isprintable()
        for workspace in opened:
            assert all(note.isprintable() for note in workspace.notes)
            assert "".join(cell.text for source in workspace.sources for cell in source.cells).encode() is not None
