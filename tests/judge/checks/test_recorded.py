"""Checks of tensors: what is told of a wrong form, value or gradient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.model.observation import Observation, SeenTensor
from grader.model.report import Status
from tests.builders import seen_tensor
from tests.judge.toy_net import RIGHT, SHAPES, X, right_answer, verdict


def test_a_wrong_value_is_shown_where_it_is_worst_with_what_was_wanted():
    wrong = RIGHT.copy()
    wrong[0, 1], wrong[1, 0] = 2.5, -0.9121
    found = verdict(right_answer(output=seen_tensor(wrong)), "values")
    assert found.status is Status.FAILED
    assert found.message == (
        'output[1, 0] is -0.9121; expected 3 (largest of 2 wrong values of 4; case "plain", float32)'
    )
    assert found.reproduce == 'grade check colour/toy --case "plain"'
    assert found.hint == "look again"


@pytest.mark.parametrize(
    ("seen", "message"),
    [
        (seen_tensor(RIGHT[:1]), 'output has shape [1, 2]; expected [2, 2] (case "plain")'),
        (seen_tensor(RIGHT.astype(np.float64)), 'output has dtype float64; expected float32 (case "plain")'),
        (seen_tensor(RIGHT, type="Sly"), 'output is of type Sly; expected a plain torch.Tensor (case "plain")'),
        (seen_tensor(RIGHT, device="cuda"), 'output is on cuda; expected cpu (case "plain")'),
    ],
)
@pytest.mark.parametrize("criterion", ["shape", "values"])
def test_a_wrong_form_is_named(seen, message, criterion):
    assert verdict(right_answer(output=seen), criterion).message == message


def test_the_first_wrong_aspect_is_the_one_that_is_told():
    everything_wrong = seen_tensor(np.full((3,), np.nan), type="Sly", device="cuda")
    assert "of type Sly" in verdict(right_answer(output=everything_wrong), "values").message


def test_a_tensor_must_be_where_the_run_was():
    assert verdict(right_answer(), "shape", device="cuda").message.startswith("output is on cpu; expected cuda")
    there = right_answer(output=seen_tensor(RIGHT, device="cuda"))
    assert verdict(there, "shape", device="cuda").status is Status.PASSED


def test_nan_is_told_as_nan():
    spoilt = RIGHT.copy()
    spoilt[0, 1] = np.nan
    found = verdict(right_answer(output=seen_tensor(spoilt)), "values")
    assert found.message == (
        'output has NaN at [0, 1]; expected 2 (the only NaN or infinite value of 4; case "plain", float32)'
    )


def test_shapes_alone_do_not_look_at_values_but_at_whether_they_are_finite():
    assert verdict(right_answer(output=seen_tensor(RIGHT + 100)), "shape").status is Status.PASSED
    failed = verdict(right_answer(output=seen_tensor(RIGHT * np.nan)), "shape")
    assert failed.status is Status.FAILED
    assert failed.message.startswith("output has NaN at [0, 0]; expected 1")


def test_data_that_does_not_fit_its_description_fails():
    for array in (None, RIGHT[:1]):
        lying = right_answer(output=seen_tensor(RIGHT, array=array))
        assert "holds no values that can be read" in verdict(lying, "values").message


def test_values_may_be_asked_for_together_with_facts():
    facts = {"parameters": SHAPES[:2]}
    fewer = Observation("plain", tensors=right_answer().tensors, facts=facts)
    assert verdict(right_answer(), "values", facts=("parameters",)).status is Status.PASSED
    found = verdict(fewer, "values", facts=("parameters",))
    assert found.message.startswith("shape of parameter 3 is missing")


def test_a_gradient_that_is_none_was_attempted():
    found = verdict(right_answer(gradient=SeenTensor("NoneType", (), "", "")), "values", "gradients")
    assert (found.status, found.message) == (
        Status.FAILED,
        'gradient is None; expected a plain torch.Tensor (case "plain")',
    )


def test_a_networks_gradient_is_named_by_its_parameter():
    gradient = np.arange(1.0, 13.0, dtype=np.float32).reshape(3, 4)
    wrong, without = gradient.copy(), gradient.copy()
    wrong[1, 2], without[2] = 70.0, 0.0
    found = verdict(right_answer(gradient=seen_tensor(wrong)), "values", "gradients")
    assert found.message == (
        "gradient of parameter 2 (in order of use), shape [4], is wrong: a sum over it is 70; expected 7 "
        '(wrong for 1 of 3 parameters; case "plain")'
    )
    found = verdict(right_answer(gradient=seen_tensor(without)), "values", "gradients")
    assert found.message.startswith(
        "gradient of parameter 3 (in order of use), shape [2, 4, 3, 3], is zero, and should not be"
    )


def test_a_network_with_too_few_parameters_is_told_which_is_missing():
    fewer = right_answer(gradient=seen_tensor(np.zeros((2, 4), np.float32)))
    fewer = Observation("plain", tensors=fewer.tensors, facts={"parameters": SHAPES[:2]})
    assert verdict(fewer, "values", "gradients").message == (
        'shape of parameter 3 is missing; expected [2, 4, 3, 3] (2 instead of 3 in all) (case "plain")'
    )


@settings(max_examples=100)
@given(hnp.arrays("float32", (2, 2), elements=st.floats(width=32)))
def test_values_pass_only_where_numpy_agrees(array):
    bound = 16 * 1e-6 + 4 * 2.0**-23 * 4.0
    close = bool(np.all(np.abs(array.astype(np.float64) - RIGHT.astype(np.float64)) <= bound))
    assert (verdict(right_answer(output=seen_tensor(array)), "values").status is Status.PASSED) is close


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
    found = verdict(right_answer(**{name: seen_tensor(np.float32(array))}), "pure")
    assert found.status is Status.FAILED
    assert found.message.startswith(message)


def test_repeated_calls_may_differ_by_rounding_but_inputs_may_not():
    rounding = np.float32(1 + 3e-7)
    assert verdict(right_answer(again=seen_tensor(RIGHT * rounding)), "pure").status is Status.PASSED
    assert verdict(right_answer(x_after=seen_tensor(X * rounding)), "pure").status is Status.FAILED
