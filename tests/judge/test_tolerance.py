"""How far from the oracle a value may lie: the rule against figures worked out by hand."""

import math

import numpy as np
import pytest

from grader.judge.comparison import bounds, distances, largest
from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Expected
from grader.model.observation import Observation
from grader.model.report import Status
from tests.builders import criterion, expected_tensor, float32_tensor, one_case, rubric

EPS = 2.0**-23  # of float32


def status(tensors, seen, check="value_matches", names=("output",)):
    exercise = rubric(criterion("values", check, tensors=names))
    shown = Observation("plain", tensors={name: float32_tensor(values) for name, values in seen.items()})
    return judge_exercise(exercise, one_case(Expected(tensors)), {"plain": shown}).verdicts[0].status


def test_the_bound_is_a_factor_of_the_control_and_four_epsilons_of_the_largest_value():
    tensor = expected_tensor([1.0, -8.0, 0.5], control=3e-6)
    (found,) = bounds(["output"], Expected({"output": tensor}), factor=16).values()
    assert found == pytest.approx(16 * 3e-6 + 4 * EPS * 8.0, rel=1e-12)


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_whole_numbers_and_booleans_must_be_equal(dtype):
    tensors = {"output": expected_tensor([1.0], control=5.0, dtype=dtype), "large": expected_tensor([100.0])}
    assert bounds(tensors, Expected(tensors), 16, together=True)["output"] == 0.0


@pytest.mark.parametrize(("error", "wanted"), [(0.99e-3, Status.PASSED), (1.01e-3, Status.FAILED)])
def test_a_value_just_inside_the_bound_passes_and_one_just_outside_fails(error, wanted):
    tensors = {"output": expected_tensor([0.0, 0.0], control=1e-3 / 16)}
    assert status(tensors, {"output": [0.0, error]}) is wanted


def test_a_small_value_beside_a_large_one_is_judged_by_the_large_ones_scale():
    tensors = {"output": expected_tensor([1000.0, 0.0])}
    assert status(tensors, {"output": [1000.0, 1000 * 3 * EPS]}) is Status.PASSED
    assert status({"output": expected_tensor([1.0, 0.0])}, {"output": [1.0, 1000 * 3 * EPS]}) is Status.FAILED


def test_gradients_are_judged_by_the_scale_of_the_whole_gradient_vector():
    tensors = {"gradient.weight": expected_tensor([1000.0]), "gradient.bias": expected_tensor([0.0])}
    found = {"gradient.weight": [1000.0], "gradient.bias": [1000 * 3 * EPS]}
    assert bounds(tensors, Expected(tensors), 16, together=True)["gradient.bias"] == pytest.approx(4 * EPS * 1000)
    assert status(tensors, found, "gradient_matches", ("gradient.*",)) is Status.PASSED
    assert status(tensors, found, "value_matches", ("gradient.*",)) is Status.FAILED


def test_values_are_subtracted_in_float64():
    assert largest(distances(np.array([250], np.uint8), np.array([255], np.uint8))) == 5.0
    assert largest(distances(np.array([True]), np.array([False]))) == 1.0
    assert largest(distances(np.float32([3e38]), np.float32([-3e38]))) == pytest.approx(6e38)


def test_nan_is_no_distance_and_nothing_is_at_distance_nought():
    assert math.isnan(largest(distances(np.array([1.0, np.nan]), np.zeros(2))))
    assert largest(distances(np.zeros((0, 3)), np.zeros((0, 3)))) == 0.0


def test_an_empty_tensor_can_be_right():
    assert status({"output": expected_tensor(np.zeros((0, 3)))}, {"output": np.zeros((0, 3))}) is Status.PASSED
