"""Verdicts over what was seen: status, order, and that nothing a submission shows makes the judge raise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Excerpt, Expected, Fixture, FixtureCase, SeenMistake
from grader.model.observation import Observation, Outcome, SeenTensor, StudentError
from grader.model.report import Status
from tests.builders import seen_tensor
from tests.judge.toy_net import CRITERIA, RIGHT, expected, fixture, right_answer, rubric, verdict


@pytest.mark.parametrize("criterion", ["shape", "values", "sizes", "pure"])
def test_the_right_answer_passes_without_a_word(criterion):
    found = verdict(right_answer(), criterion)
    assert (found.status, found.message, found.hint, found.reproduce) == (Status.PASSED, "", "", "")
    assert found.seconds == 0.25


@pytest.mark.parametrize(
    ("observation", "status", "message"),
    [
        (
            Observation("plain", Outcome.RAISED, error=StudentError("TypeError", "bad call", "a.py, line 3, in f")),
            Status.FAILED,
            'raised TypeError: bad call, at a.py, line 3, in f (case "plain")',
        ),
        (
            Observation("plain", Outcome.RAISED, error=StudentError("NotImplementedError", "")),
            Status.NOT_ATTEMPTED,
            'not attempted: raises NotImplementedError (case "plain")',
        ),
        (
            Observation("plain", Outcome.RAISED, error=StudentError("NotImplementedError", "no file defines toy")),
            Status.NOT_ATTEMPTED,
            'not attempted: no file defines toy (case "plain")',
        ),
        (
            Observation("plain", tensors={"output": SeenTensor("NoneType", (), "", "")}),
            Status.NOT_ATTEMPTED,
            'not attempted: output is None (case "plain")',
        ),
        (
            Observation("plain", Outcome.TIMED_OUT, reason="stopped after 20 s"),
            Status.FAILED,
            'no answer in time: stopped after 20 s (case "plain")',
        ),
        (
            Observation("plain", Outcome.CRASHED, reason="signal 9"),
            Status.FAILED,
            'the process died: signal 9 (case "plain")',
        ),
        (
            Observation("plain", Outcome.REFUSED, reason="too large"),
            Status.FAILED,
            'the answer could not be read: too large (case "plain")',
        ),
        (Observation("plain"), Status.FAILED, 'output was not produced (case "plain")'),
        (
            Observation("plain", Outcome.FAULT, reason="no memory"),
            Status.GRADER_ERROR,
            'the grader itself failed; no marks are lost by it: no memory (case "plain")',
        ),
    ],
)
def test_what_was_never_produced(observation, status, message):
    found = verdict(observation, "values")
    assert (found.status, found.message) == (status, message)


def test_what_was_seen_before_an_exception_stands():
    raised = right_answer()
    raised = Observation("plain", Outcome.RAISED, raised.tensors, raised.facts, StudentError("ValueError", "later"))
    assert verdict(raised, "values").status is Status.PASSED


def test_facts_count_as_unattempted_too_where_nothing_is_returned():
    empty = Observation("plain", tensors={"output": SeenTensor("NoneType", (), "", "")}, facts={"parameters": []})
    assert verdict(empty, "sizes").status is Status.NOT_ATTEMPTED


def test_a_case_that_was_not_run_costs_nothing():
    found = judge_exercise(rubric("values"), fixture(), {}).verdicts[0]
    assert (found.status, found.message) == (Status.GRADER_ERROR, 'case "plain" was not run; no marks are lost by it')


def test_a_real_failure_counts_though_another_case_is_our_fault():
    observations = {
        "plain": Observation("plain", Outcome.FAULT),
        "wide": right_answer("wide", output=seen_tensor(RIGHT * 2)),
    }
    found = judge_exercise(rubric("values"), fixture(("plain", "wide")), observations).verdicts[0]
    assert found.status is Status.FAILED
    assert found.message.startswith("output[1, 1] is 8; expected 4")


def test_what_works_in_one_case_was_attempted():
    observations = {
        "plain": right_answer(),
        "wide": Observation("wide", tensors={"output": SeenTensor("NoneType", (), "", "")}),
    }
    found = judge_exercise(rubric("values"), fixture(("plain", "wide")), observations).verdicts[0]
    assert (found.status, found.reproduce) == (Status.FAILED, 'grade check colour/toy --case "wide"')
    assert "output is None" in found.message


def test_further_failing_cases_are_counted():
    observations = {name: right_answer(name, output=seen_tensor(RIGHT * 2)) for name in ("plain", "wide", "tall")}
    found = judge_exercise(rubric("values"), fixture(("plain", "wide", "tall")), observations).verdicts[0]
    assert found.message.endswith('(largest of 4 wrong values of 4; case "plain", float32); 2 more cases fail')


@pytest.mark.parametrize(
    ("output", "status", "message"),
    [
        (seen_tensor(RIGHT), Status.PASSED, ""),
        (seen_tensor(RIGHT * 2), Status.BLOCKED, 'cannot be judged until "the values are right" passes'),
        (SeenTensor("NoneType", (), "", ""), Status.NOT_ATTEMPTED, 'not attempted: output is None (case "plain")'),
    ],
)
def test_a_criterion_waits_for_what_it_requires(output, status, message):
    found = verdict(right_answer(output=output), "values", "gradients")
    assert (found.status, found.message) == (status, message)


def test_our_own_fault_is_not_passed_on_as_the_students():
    found = verdict(Observation("plain", Outcome.FAULT), "values", "gradients")
    assert found.status is Status.GRADER_ERROR


def test_values_are_compared_elsewhere_only_where_they_are_right_at_home():
    general = CRITERIA["values"].model_copy(update={"id": "general", "cases": ("wide",), "values_if": "values"})
    exercise = rubric("values").model_copy(
        update={"criteria": (CRITERIA["values"].model_copy(update={"cases": ("plain",)}), general)}
    )

    def statuses(**outputs):
        seen = {name: right_answer(name, output=seen_tensor(array)) for name, array in outputs.items()}
        return [v.status for v in judge_exercise(exercise, fixture(("plain", "wide")), seen).verdicts]

    assert statuses(plain=RIGHT, wide=RIGHT * 2) == [Status.PASSED, Status.FAILED]
    assert statuses(plain=RIGHT * 2, wide=RIGHT * 2) == [Status.FAILED, Status.PASSED]
    assert statuses(plain=RIGHT * 2, wide=RIGHT[:1]) == [Status.FAILED, Status.FAILED]


def test_what_is_always_compared_must_be_right_also_where_the_values_at_home_are_wrong():
    home = CRITERIA["values"].model_copy(update={"cases": ("plain",)})
    general = {"id": "general", "cases": ("wide",), "values_if": "values", "always": ("ag*",)}
    exercise = rubric("values").model_copy(update={"criteria": (home, home.model_copy(update=general))})

    def status(plain, wide, again):
        seen = {
            "plain": right_answer("plain", output=seen_tensor(plain)),
            "wide": right_answer("wide", output=seen_tensor(wide), again=seen_tensor(again)),
        }
        return judge_exercise(exercise, fixture(("plain", "wide")), seen).verdicts[1].status

    assert status(RIGHT * 2, RIGHT * 2, RIGHT) is Status.PASSED
    assert status(RIGHT * 2, RIGHT * 2, RIGHT * 2) is Status.FAILED
    assert status(RIGHT * 2, RIGHT[:1], RIGHT) is Status.FAILED
    assert status(RIGHT, RIGHT, RIGHT * 2) is Status.FAILED
    assert status(RIGHT, RIGHT, RIGHT) is Status.PASSED


def test_every_criterion_gets_one_verdict_in_the_rubrics_order():
    found = judge_exercise(rubric(*CRITERIA), fixture(), {"plain": right_answer()})
    assert [v.criterion for v in found.verdicts] == list(CRITERIA)
    assert {v.status for v in found.verdicts} == {Status.PASSED}


TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


ARRAYS = hnp.arrays(
    st.sampled_from(["float32", "float64", "float16", "int64", "uint8", "bool", "complex64", "U3"]),
    st.sampled_from([(2, 2), (3, 4), (), (0,), (0, 3), (1, 1, 1, 1), (2, 1)]),
)


@st.composite
def seen_tensors(draw):
    array = draw(st.none() | ARRAYS)
    honest = array is not None and draw(st.booleans())
    return SeenTensor(
        draw(st.sampled_from(["Tensor", "NoneType"]) | TEXT),
        array.shape if honest else tuple(draw(st.lists(st.integers(-5, 2**70), max_size=9))),
        str(array.dtype) if honest else draw(st.sampled_from(["float32", "float64"]) | TEXT),
        draw(st.just("cpu") | TEXT),
        array,
    )


OBSERVATIONS = st.builds(
    Observation,
    case=st.just("plain"),
    outcome=st.sampled_from(Outcome),
    tensors=st.dictionaries(st.sampled_from(["output", "gradient", "again", "x_after"]) | TEXT, seen_tensors()),
    facts=st.dictionaries(st.just("parameters") | TEXT, JSON),
    error=st.none() | st.builds(StudentError, TEXT, TEXT, TEXT),
    reason=TEXT,
)


def with_mistakes():
    mistake = SeenMistake(
        Outcome.COMPLETE,
        "",
        {"output": Excerpt.of(RIGHT * np.nan), "gradient": Excerpt.of(RIGHT)},
        {"parameters": [[1]]},
    )
    raised = SeenMistake(Outcome.RAISED, "ValueError")
    plain = fixture(sum=Expected({"output": expected(RIGHT * 10)}, {})).cases[0]
    case = FixtureCase("plain", plain.inputs, {}, plain.dialects, {"spoils": mistake, "raises": raised})
    return Fixture("colour/toy", (case,), 16, {"spoils": "do not spoil", "raises": "do not raise"})


@settings(max_examples=300)
@given(OBSERVATIONS)
def test_nothing_that_a_submission_shows_makes_the_judge_raise(observation):
    found = judge_exercise(rubric(*CRITERIA), with_mistakes(), {"plain": observation})
    assert [v.criterion for v in found.verdicts] == list(CRITERIA)
    for v in found.verdicts:
        assert v.message.isprintable()
        assert len(v.message) < 1500
        assert v.status is Status.PASSED or v.message
