"""A course's oracle or rule that raises: its own criterion waits for a person, told by file and line; others go on."""

import numpy as np
import pytest

from grader.course.folder import Exercise
from grader.course.rules import load_oracle, load_rules
from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Observation
from grader.model.report import Status
from tests.builders import criterion, expected_tensor, float32_tensor, rubric, seen_tensor

ORACLE = """import numpy
MISTAKES = ()
def symbol(settings, index): return "ab"[index]
def log_probabilities(inputs, settings, facts, drawn, mistake=None):
    if facts.get("temperature") == 0:
        return numpy.log(numpy.ones(3)).reshape(2, 2)
    return numpy.log(numpy.full((*drawn.shape, 2), 0.5))
"""
CLAIMS = """def is_even(answers, inputs, settings):
    return "" if answers["number"] % 2 == 0 else "the number is odd"
"""
RUBRIC = rubric(
    criterion("drawn", "draws_follow", tensors=("draws",), confirmed_by=("more",)),
    criterion("even", "claim_holds", facts=("number",), claim="is_even"),
    criterion("values", tensors=("output",)),
)


def judged(folder, **facts):
    exercise = Exercise("toy/mixed", RUBRIC, folder / "solutions/toy/mixed", folder / "fixtures/toy/mixed")
    exercise.fixtures.mkdir(parents=True)
    (exercise.fixtures / "oracle.py").write_text(ORACLE)
    (exercise.fixtures.parent / "claims.py").write_text(CLAIMS)
    right = Expected({"output": expected_tensor([1.0, 2.0])}, {"number": 2}, {"draws": (4, 500), "more": (8, 500)})
    case = FixtureCase("plain", {}, {}, {"reference": right})
    fixture = Fixture("toy/mixed", (case,), 16, rules=load_rules(exercise), oracle=load_oracle(exercise))
    generator = np.random.default_rng(0)
    drawn = {name: seen_tensor(generator.integers(0, 2, shape)) for name, shape in right.draws.items()}
    tensors = {"output": float32_tensor([1.0, 2.0]), **drawn}
    found = judge_exercise(RUBRIC, fixture, {"plain": Observation("plain", tensors=tensors, facts=facts)})
    return {verdict.criterion: (verdict.status, verdict.message) for verdict in found.verdicts}


def test_where_nothing_raises_all_are_judged(tmp_path):
    found = judged(tmp_path, number=3, temperature=1)
    assert found == {
        "drawn": (Status.PASSED, ""),
        "even": (Status.FAILED, "the number is odd"),
        "values": (Status.PASSED, ""),
    }


def test_an_oracle_that_raises_is_named_by_its_line(tmp_path):
    found = judged(tmp_path, number=2, temperature=0)
    status, message = found.pop("drawn")
    assert status is Status.GRADER_ERROR
    assert message == (
        "the check itself failed at fixtures/toy/mixed/oracle.py, line 6: "
        'ValueError: cannot reshape array of size 3 into shape (2,2); no marks are lost by it (case "plain")'
    )
    assert {status for status, _ in found.values()} == {Status.PASSED}


@pytest.mark.parametrize("number", ["two", None, [2]])
def test_a_rule_that_raises_is_named_by_its_line(tmp_path, number):
    status, message = judged(tmp_path, number=number)["even"]
    assert status is Status.GRADER_ERROR
    assert message.startswith("the check itself failed at fixtures/toy/claims.py, line 2: TypeError: ")
    assert message.endswith('; no marks are lost by it (case "plain")')
