"""Verdicts over what was seen: status, words, order, and that nothing a submission shows makes the judge raise."""

import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.judge.checks.facts import same_fact
from grader.judge.quoting import printable, quote, two_numbers
from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Expected, ExpectedTensor, Fixture, FixtureCase, Glimpse, SeenMistake
from grader.model.observation import Observation, Outcome, SeenTensor, StudentError
from grader.model.rubric import Criterion, ExerciseRubric
from grader.model.verdict import Status

X = np.float32([[0.5, -1.0], [2.0, 3.0]])
RIGHT = np.float32([[1.0, 2.0], [3.0, 4.0]])
SHAPES = [[4, 1, 3, 3], [4], [2, 4, 3, 3]]

CRITERIA = {
    "shape": Criterion(id="shape", title="the shape is right", check="shape_matches", tensors=("output",)),
    "values": Criterion(
        id="values", title="the values are right", check="value_matches", tensors=("output",), hint="look again"
    ),
    "gradients": Criterion(
        id="gradients", title="gradients", check="gradient_matches", tensors=("gradient",), requires=("values",)
    ),
    "sizes": Criterion(id="sizes", title="sizes", check="fact_matches", facts=("parameters",)),
    "pure": Criterion(
        id="pure", title="pure", check="stays_equal", pairs=(("again", "output"), ("x_after", "x")), cases=("plain",)
    ),
}


def rubric(*ids, **changes):
    chosen = tuple(CRITERIA[i].model_copy(update=changes if i == ids[-1] else {}) for i in ids)
    return ExerciseRubric(title="Toy net", entry="toy", criteria=chosen, dialects={"sum": "the sum of the pixels"})


def expected(array, dtype="float32"):
    return ExpectedTensor(np.asarray(array, np.float64), 1e-6, dtype)


def fixture(names=("plain",), **dialects):
    gradient = np.arange(1.0, 13.0).reshape(3, 4)
    tensors = {"output": RIGHT, "gradient": gradient, "again": RIGHT, "x_after": X}
    right = Expected({name: expected(array) for name, array in tensors.items()}, {"parameters": SHAPES})
    return Fixture(
        "colour/toy", tuple(FixtureCase(n, {"x": X}, {}, {"reference": right, **dialects}) for n in names), 16
    )


def tensor(array, /, **claims):
    array = np.asarray(array)
    described = {"type": "Tensor", "shape": array.shape, "dtype": str(array.dtype), "device": "cpu", "array": array}
    return SeenTensor(**described | claims)


def right_answer(case="plain", **tensors):
    gradient = np.arange(1.0, 13.0, dtype=np.float32).reshape(3, 4)
    shown = {"output": RIGHT, "gradient": gradient, "again": RIGHT, "x_after": X}
    seen = {name: tensor(array) for name, array in shown.items()}
    return Observation(case, tensors=seen | tensors, facts={"parameters": SHAPES}, seconds=0.25)


def verdict(observation, *ids, device="cpu", **changes):
    found = judge_exercise(rubric(*ids, **changes), fixture(), {"plain": observation}, device)
    return found.verdicts[-1]


@pytest.mark.parametrize("criterion", ["shape", "values", "sizes", "pure"])
def test_the_right_answer_passes_without_a_word(criterion):
    found = verdict(right_answer(), criterion)
    assert (found.status, found.message, found.hint, found.reproduce) == (Status.PASSED, "", "", "")
    assert found.seconds == 0.25


def test_a_wrong_value_is_shown_where_it_is_worst_with_what_was_wanted():
    wrong = RIGHT.copy()
    wrong[0, 1], wrong[1, 0] = 2.5, -0.9121
    found = verdict(right_answer(output=tensor(wrong)), "values")
    assert found.status is Status.FAILED
    assert found.message == (
        'output[1, 0] is -0.9121; expected 3 (largest of 2 wrong values of 4; case "plain", float32)'
    )
    assert found.reproduce == 'grade check colour/toy --case "plain"'
    assert found.hint == "look again"


@pytest.mark.parametrize(
    ("seen", "message"),
    [
        (tensor(RIGHT[:1]), 'output has shape [1, 2]; expected [2, 2] (case "plain")'),
        (tensor(RIGHT.astype(np.float64)), 'output has dtype float64; expected float32 (case "plain")'),
        (tensor(RIGHT, type="Sly"), 'output is of type Sly; expected a plain torch.Tensor (case "plain")'),
        (tensor(RIGHT, device="cuda"), 'output is on cuda; expected cpu (case "plain")'),
    ],
)
@pytest.mark.parametrize("criterion", ["shape", "values"])
def test_a_wrong_form_is_named(seen, message, criterion):
    assert verdict(right_answer(output=seen), criterion).message == message


def test_the_first_wrong_aspect_is_the_one_that_is_told():
    everything_wrong = tensor(np.full((3,), np.nan), type="Sly", device="cuda")
    assert "of type Sly" in verdict(right_answer(output=everything_wrong), "values").message


def test_a_tensor_must_be_where_the_run_was():
    assert verdict(right_answer(), "shape", device="cuda").message.startswith("output is on cpu; expected cuda")
    assert verdict(right_answer(output=tensor(RIGHT, device="cuda")), "shape", device="cuda").status is Status.PASSED


def test_nan_is_told_as_nan():
    spoilt = RIGHT.copy()
    spoilt[0, 1] = np.nan
    found = verdict(right_answer(output=tensor(spoilt)), "values")
    assert found.message == (
        'output has NaN at [0, 1]; expected 2 (the only NaN or infinite value of 4; case "plain", float32)'
    )


def test_shapes_alone_do_not_look_at_values_but_at_whether_they_are_finite():
    assert verdict(right_answer(output=tensor(RIGHT + 100)), "shape").status is Status.PASSED
    failed = verdict(right_answer(output=tensor(RIGHT * np.nan)), "shape")
    assert failed.status is Status.FAILED
    assert failed.message.startswith("output has NaN at [0, 0]; expected 1")


def test_data_that_does_not_fit_its_description_fails():
    assert (
        "holds no values that can be read" in verdict(right_answer(output=tensor(RIGHT, array=None)), "values").message
    )
    lying = tensor(RIGHT, array=RIGHT[:1])
    assert "holds no values that can be read" in verdict(right_answer(output=lying), "values").message


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


def test_values_may_be_asked_for_together_with_facts():
    facts = {"parameters": SHAPES[:2]}
    fewer = Observation("plain", tensors=right_answer().tensors, facts=facts)
    assert verdict(right_answer(), "values", facts=("parameters",)).status is Status.PASSED
    found = verdict(fewer, "values", facts=("parameters",))
    assert found.message.startswith("shape of parameter 3 is missing")


def test_what_was_seen_before_an_exception_stands():
    raised = right_answer()
    raised = Observation("plain", Outcome.RAISED, raised.tensors, raised.facts, StudentError("ValueError", "later"))
    assert verdict(raised, "values").status is Status.PASSED


def test_facts_count_as_unattempted_too_where_nothing_is_returned():
    empty = Observation("plain", tensors={"output": SeenTensor("NoneType", (), "", "")}, facts={"parameters": []})
    assert verdict(empty, "sizes").status is Status.NOT_ATTEMPTED


def test_a_gradient_that_is_none_was_attempted():
    found = verdict(right_answer(gradient=SeenTensor("NoneType", (), "", "")), "values", "gradients")
    assert (found.status, found.message) == (
        Status.FAILED,
        'gradient is None; expected a plain torch.Tensor (case "plain")',
    )


def test_a_case_that_was_not_run_costs_nothing():
    found = judge_exercise(rubric("values"), fixture(), {}).verdicts[0]
    assert (found.status, found.message) == (Status.GRADER_ERROR, 'case "plain" was not run; no marks are lost by it')


def test_a_real_failure_counts_though_another_case_is_our_fault():
    observations = {
        "plain": Observation("plain", Outcome.FAULT),
        "wide": right_answer("wide", output=tensor(RIGHT * 2)),
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
    observations = {name: right_answer(name, output=tensor(RIGHT * 2)) for name in ("plain", "wide", "tall")}
    found = judge_exercise(rubric("values"), fixture(("plain", "wide", "tall")), observations).verdicts[0]
    assert found.message.endswith('(largest of 4 wrong values of 4; case "plain", float32); 2 more cases fail')


@pytest.mark.parametrize(
    ("output", "status", "message"),
    [
        (tensor(RIGHT), Status.PASSED, ""),
        (tensor(RIGHT * 2), Status.BLOCKED, 'cannot be judged until "the values are right" passes'),
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
        seen = {name: right_answer(name, output=tensor(array)) for name, array in outputs.items()}
        return [v.status for v in judge_exercise(exercise, fixture(("plain", "wide")), seen).verdicts]

    assert statuses(plain=RIGHT, wide=RIGHT * 2) == [Status.PASSED, Status.FAILED]
    assert statuses(plain=RIGHT * 2, wide=RIGHT * 2) == [Status.FAILED, Status.PASSED]
    assert statuses(plain=RIGHT * 2, wide=RIGHT[:1]) == [Status.FAILED, Status.FAILED]


def test_every_criterion_gets_one_verdict_in_the_rubrics_order():
    found = judge_exercise(rubric(*CRITERIA), fixture(), {"plain": right_answer()})
    assert [v.criterion for v in found.verdicts] == list(CRITERIA)
    assert {v.status for v in found.verdicts} == {Status.PASSED}


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("again", RIGHT + 1, "again[0, 0] is 2; expected 1, as in output (largest of 4 wrong values of 4; case"),
        (
            "x_after",
            X * [[1, 1], [1, 1.001]],
            "x_after[1, 1] is 3.003; expected 3, as the input x was before the call (",
        ),
        ("again", RIGHT[:1], 'again has shape [1, 2], output has shape [2, 2]; they must be equal (case "plain")'),
    ],
)
def test_what_must_stay_equal(name, array, message):
    found = verdict(right_answer(**{name: tensor(np.float32(array))}), "pure")
    assert found.status is Status.FAILED
    assert found.message.startswith(message)


def test_repeated_calls_may_differ_by_rounding_but_inputs_may_not():
    rounding = np.float32(1 + 3e-7)
    assert verdict(right_answer(again=tensor(RIGHT * rounding)), "pure").status is Status.PASSED
    assert verdict(right_answer(x_after=tensor(X * rounding)), "pure").status is Status.FAILED


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([[4, 1, 3, 3], [4], [2, 4, 5, 5]], "shape of parameter 3 is [2, 4, 5, 5]; expected [2, 4, 3, 3] (case"),
        ([[4, 1, 3, 3], [4]], "shape of parameter 3 is missing; expected [2, 4, 3, 3] (2 instead of 3 in all) (case"),
        ([*SHAPES, [2]], "shape of parameter 4 is [2]; expected none (4 instead of 3 in all) (case"),
        ("many", 'parameters is "many"; expected [[4, 1, 3, 3], [4], [2, 4, 3, 3]] (case'),
    ],
)
def test_of_facts_the_first_difference_is_told(shapes, message):
    observation = Observation("plain", tensors=right_answer().tensors, facts={"parameters": shapes})
    assert verdict(observation, "sizes").message.startswith(message)


@pytest.mark.parametrize(("seen", "wanted"), [(1, True), (True, 1), (0, None), ("1", 1), ([1], [1, 2]), ({}, [])])
def test_facts_that_only_look_alike_differ(seen, wanted):
    assert not same_fact(seen, wanted)


@pytest.mark.parametrize("fact", [None, True, 3, 1.5, "x", [1, [2]], {"a": [None]}])
def test_equal_facts_are_equal(fact):
    assert same_fact(fact, fact)


def test_a_networks_gradient_is_named_by_its_parameter():
    gradient = np.arange(1.0, 13.0, dtype=np.float32).reshape(3, 4)
    wrong, without = gradient.copy(), gradient.copy()
    wrong[1, 2], without[2] = 70.0, 0.0
    found = verdict(right_answer(gradient=tensor(wrong)), "values", "gradients")
    assert found.message == (
        "gradient of parameter 2 (in order of use), shape [4], is wrong: a sum over it is 70; expected 7 "
        '(wrong for 1 of 3 parameters; case "plain")'
    )
    found = verdict(right_answer(gradient=tensor(without)), "values", "gradients")
    assert found.message.startswith(
        "gradient of parameter 3 (in order of use), shape [2, 4, 3, 3], is zero, and should not be"
    )


def test_a_network_with_too_few_parameters_is_told_which_is_missing():
    fewer = right_answer(gradient=tensor(np.zeros((2, 4), np.float32)))
    fewer = Observation("plain", tensors=fewer.tensors, facts={"parameters": SHAPES[:2]})
    assert verdict(fewer, "values", "gradients").message == (
        'shape of parameter 3 is missing; expected [2, 4, 3, 3] (2 instead of 3 in all) (case "plain")'
    )


def test_the_nearest_dialect_judges_all_cases_and_is_named():
    total = Expected({"output": expected(RIGHT * 10)}, {})
    sums = fixture(("plain", "wide"), sum=total)
    seen = {name: right_answer(name, output=tensor(RIGHT * 10)) for name in ("plain", "wide")}
    found = judge_exercise(rubric("values"), sums, seen)
    assert (found.dialect, found.verdicts[0].status) == ("sum", Status.PASSED)
    assert found.notes == ("Toy net: judged as the sum of the pixels",)


def test_dialects_cannot_be_mixed():
    sums = fixture(("plain", "wide"), sum=Expected({"output": expected(RIGHT * 10)}, {}))
    seen = {"plain": right_answer(), "wide": right_answer("wide", output=tensor(RIGHT * 10))}
    found = judge_exercise(rubric("values"), sums, seen)
    assert (found.dialect, found.verdicts[0].status) == ("reference", Status.FAILED)


def test_one_wrong_gradient_does_not_hide_the_dialect():
    other = Expected({"output": expected(RIGHT * 1.01), "gradient": expected(np.zeros((3, 4)))}, {"parameters": SHAPES})
    seen = {"plain": right_answer(gradient=tensor(np.full((3, 4), 0.1, np.float32)))}
    assert judge_exercise(rubric("values"), fixture(sum=other), seen).dialect == "reference"


def test_without_anything_seen_no_dialect_is_named():
    seen = {"plain": Observation("plain", Outcome.CRASHED)}
    found = judge_exercise(rubric("values"), fixture(sum=Expected({"output": expected(RIGHT)}, {})), seen)
    assert (found.dialect, found.notes) == ("reference", ())


def test_quoted_text_is_printable_and_short():
    hostile = "\x1b[31mred\x07\u202e\ud800\nnext\ttab" + "x" * 10_000
    assert printable(hostile) == ("\ufffd[31mred\ufffd\ufffd\ufffd next tab" + "x" * 10_000)[:199] + "…"
    raised = Observation("plain", Outcome.RAISED, error=StudentError(hostile, hostile, hostile))
    message = verdict(raised, "values").message
    assert message.isprintable()
    assert len(message) < 700


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([1, [2, [3, [4, [5]]]]], "[1, [2, [3, [4, …]]]]"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]"),
        ({"a": None, "b": True}, "{a: None, b: True}"),
        ([10**5000], "[a very large number]"),
        ('say "hi"\n', '"say "hi" "'),
    ],
)
def test_facts_are_quoted_whatever_they_are(value, written):
    assert quote(value) == written


@pytest.mark.parametrize(
    ("first", "second", "written"),
    [
        (0.9121, 0.0321, ("0.9121", "0.0321")),
        (1.0000001, 1.0, ("1.0000001", "1")),
        (123456.0, 123457.0, ("123456", "123457")),
        (float("nan"), 1.5, ("NaN", "1.5")),
        (float("-inf"), 1e300, ("-infinity", "1e+300")),
    ],
)
def test_two_numbers_can_be_told_apart(first, second, written):
    assert two_numbers(first, second) == written


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
        {"output": Glimpse.of(RIGHT * np.nan), "gradient": Glimpse.of(RIGHT)},
        {"parameters": [[1]]},
    )
    raised = SeenMistake(Outcome.RAISED, "ValueError")
    plain = fixture(sum=Expected({"output": expected(RIGHT * 10)}, {})).cases[0]
    case = FixtureCase("plain", plain.inputs, {}, plain.dialects, {"spoils": mistake, "raises": raised})
    return Fixture("colour/toy", (case,), 16, {"spoils": "do not spoil", "raises": "do not raise"})


@settings(max_examples=300, deadline=None)
@given(OBSERVATIONS)
def test_nothing_that_a_submission_shows_makes_the_judge_raise(observation):
    found = judge_exercise(rubric(*CRITERIA), with_mistakes(), {"plain": observation})
    assert [v.criterion for v in found.verdicts] == list(CRITERIA)
    for v in found.verdicts:
        assert v.message.isprintable()
        assert len(v.message) < 1500
        assert v.status is Status.PASSED or v.message


@settings(max_examples=100, deadline=None)
@given(hnp.arrays("float32", (2, 2), elements=st.floats(width=32)))
def test_values_pass_only_where_numpy_agrees(array):
    bound = 16 * 1e-6 + 4 * 2.0**-23 * 4.0
    close = bool(np.all(np.abs(array.astype(np.float64) - RIGHT.astype(np.float64)) <= bound))
    assert (verdict(right_answer(output=tensor(array)), "values").status is Status.PASSED) is close


def test_printable_characters_are_left_alone():
    assert printable(string.ascii_letters + "é×") == string.ascii_letters + "é×"
