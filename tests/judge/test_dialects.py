"""Several right answers: which one is judged by."""

import numpy as np

from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Expected
from grader.model.observation import Observation, Outcome
from grader.model.report import Status
from tests.builders import seen_tensor
from tests.judge.toy_net import RIGHT, SHAPES, expected, fixture, right_answer, rubric


def test_the_nearest_dialect_judges_all_cases_and_is_named():
    total = Expected({"output": expected(RIGHT * 10)}, {})
    sums = fixture(("plain", "wide"), sum=total)
    seen = {name: right_answer(name, output=seen_tensor(RIGHT * 10)) for name in ("plain", "wide")}
    found = judge_exercise(rubric("values"), sums, seen)
    assert (found.dialect, found.verdicts[0].status) == ("sum", Status.PASSED)
    assert found.notes == ("Toy net: judged as the sum of the pixels",)


def test_dialects_cannot_be_mixed():
    sums = fixture(("plain", "wide"), sum=Expected({"output": expected(RIGHT * 10)}, {}))
    seen = {"plain": right_answer(), "wide": right_answer("wide", output=seen_tensor(RIGHT * 10))}
    found = judge_exercise(rubric("values"), sums, seen)
    assert (found.dialect, found.verdicts[0].status) == ("reference", Status.FAILED)


def test_one_wrong_gradient_does_not_hide_the_dialect():
    other = Expected({"output": expected(RIGHT * 1.01), "gradient": expected(np.zeros((3, 4)))}, {"parameters": SHAPES})
    seen = {"plain": right_answer(gradient=seen_tensor(np.full((3, 4), 0.1, np.float32)))}
    assert judge_exercise(rubric("values"), fixture(sum=other), seen).dialect == "reference"


def test_without_anything_seen_no_dialect_is_named():
    seen = {"plain": Observation("plain", Outcome.CRASHED)}
    found = judge_exercise(rubric("values"), fixture(sum=Expected({"output": expected(RIGHT)}, {})), seen)
    assert (found.dialect, found.notes) == ("reference", ())
