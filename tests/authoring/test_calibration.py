"""How exact correct work is: which tolerance factor is chosen, what is measured with it, and what is refused."""

import math

import numpy as np
import pytest

from grader.authoring.record.calibration import Run, choose_tolerance_factor, measure, refuse_trivial
from grader.judge.comparison import FLOOR
from grader.model.errors import CourseError
from grader.model.fixture import Expected
from grader.model.observation import Observation
from tests.builders import criterion, expected_tensor, float32_tensor, one_case, rubric

VALUES = rubric(criterion("values", tensors=("output",)))


def fixture(tensors, inputs=None, factor=16.0):
    return one_case(Expected(tensors), inputs, factor=factor)


def shown(values, **facts):
    return Observation("plain", tensors={"output": float32_tensor(values)}, facts=facts)


def run(name, values, tensors, loses=()):
    return Run(name, fixture(tensors, factor=1.0), {"plain": shown(values)}, frozenset(loses))


@pytest.mark.parametrize(
    ("error", "factor"), [(0.0, 16.0), (7.9e-3, 16.0), (8.2e-3, 32.0), (0.1, 256.0), (9.0, 1024.0)]
)
def test_the_factor_is_the_power_of_two_that_leaves_correct_work_within_half(error, factor):
    tensors = {"output": expected_tensor([0.0, 0.0], control=1e-3)}  # no scale, so no floor: half of factor * 1e-3
    assert choose_tolerance_factor(VALUES, [run("wheats/other", [0.0, error], tensors)]) == factor


def test_figures_name_the_worst_correct_run_and_the_nearest_chaff():
    tensors = {"output": expected_tensor([1.0, 0.0], control=1e-3)}
    correct = [run("reference", [1.0, 0.0], tensors), run("wheats/other", [1.0, 4e-3], tensors)]
    chaffs = [run("chaffs/far", [1.0, 9.0], tensors, {"values"}), run("chaffs/near", [1.0, 0.5], tensors, {"values"})]
    figures = measure(VALUES, 16.0, correct, chaffs).criteria["values"]
    limit = 16e-3 + FLOOR
    assert (figures.worst_correct_is, figures.nearest_chaff_is) == ("wheats/other", "chaffs/near")
    assert figures.worst_correct == pytest.approx(4e-3 / limit)
    assert figures.nearest_chaff == pytest.approx(0.5 / limit)


def test_a_chaff_that_has_another_shape_is_infinitely_far():
    tensors = {"output": expected_tensor([1.0, 0.0], control=1e-3)}
    calibration = measure(VALUES, 16.0, [], [run("chaffs/flat", [1.0], tensors, {"values"})])
    assert math.isinf(calibration.criteria["values"].nearest_chaff)


def test_a_chaff_that_differs_in_a_fact_is_infinitely_far():
    exercise = rubric(criterion("values", tensors=("output",), facts=("layers",)))
    right = Expected({"output": expected_tensor([1.0, 0.0], control=1e-3)}, {"layers": 3})
    chaff = Run("chaffs/shallow", one_case(right), {"plain": shown([1.0, 0.0], layers=2)}, frozenset({"values"}))
    assert math.isinf(measure(exercise, 16.0, [], [chaff]).criteria["values"].nearest_chaff)


def test_a_chaff_too_near_to_the_right_answer_is_refused():
    tensors = {"output": expected_tensor([1.0, 0.0], control=1e-3)}
    near = run("chaffs/near", [1.0, 0.03], tensors, {"values"})
    with pytest.raises(CourseError, match=r"toy/toy: criterion 'values', case 'plain': chaffs/near must lose it but"):
        measure(VALUES, 16.0, [], [near])


def test_correct_work_too_far_from_the_reference_is_refused():
    tensors = {"output": expected_tensor([0.0, 0.0], control=0.0)}
    wheat = run("wheats/other", [0.0, 0.25], tensors)
    with pytest.raises(CourseError, match=r"'values', case 'plain': wheats/other is correct but lies inf tolerances"):
        measure(VALUES, choose_tolerance_factor(VALUES, [wheat]), [wheat], [])


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ([0.0, 0.0, 0.0], "zeros"),
        ([1.0, 1.0, 1.0], "ones"),
        ([2.5, 2.5, 2.5], r"a constant \(the mean\)"),
        ([1.0, 2.0, 3.0], "a copy of an input"),
    ],
)
def test_a_case_that_a_trivial_answer_passes_is_refused(values, answer):
    inputs = {"x": np.float32([1.0, 2.0, 3.0])}
    with pytest.raises(CourseError, match=rf"criterion 'values', case 'plain' \(public set\).*: {answer} would pass"):
        refuse_trivial(VALUES, fixture({"output": expected_tensor(values)}, inputs), "public")


@pytest.mark.parametrize("values", [[1.0, 2.0, 4.0], 0.7])
def test_a_case_that_needs_work_is_kept(values):
    refuse_trivial(VALUES, fixture({"output": expected_tensor(values)}, {"x": np.float32([1.0, 2.0, 3.0])}), "public")


def test_one_zero_gradient_beside_others_is_no_trivial_case():
    tensors = {"gradient.weight": expected_tensor([3.0, 1.0]), "gradient.bias": expected_tensor([0.0, 0.0])}
    exercise = rubric(criterion("gradients", "gradient_matches", tensors=("gradient.*",)))
    refuse_trivial(exercise, fixture(tensors), "hidden")
