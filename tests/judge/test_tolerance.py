"""How far from the oracle a value may lie: the rule against figures worked out by hand, and how k is chosen."""

import math

import numpy as np
import pytest

from grader.authoring.record.calibration import Run, choose_k, measure, refuse_trivial
from grader.judge.checks.tensors import gradient_bounds, own_bound
from grader.judge.tolerance import FLOOR, bound, distances, largest
from grader.judge.verdicts import judge_exercise
from grader.model.errors import CourseError
from grader.model.fixture import Expected, ExpectedTensor, Fixture, FixtureCase
from grader.model.observation import Observation, SeenTensor
from grader.model.rubric import Criterion, ExerciseRubric
from grader.model.verdict import Status

EPS = 2.0**-23  # of float32


def expected(values, control=0.0, dtype="float32"):
    return ExpectedTensor(np.asarray(values, dtype=np.float64), control, dtype)


def rubric(check="value_matches", tensors=("output",)):
    return ExerciseRubric(
        title="Toy", entry="toy", criteria=(Criterion(id="values", title="values", check=check, tensors=tensors),)
    )


def fixture(tensors, inputs=None, k=16.0):
    return Fixture("toy/toy", (FixtureCase("plain", inputs or {}, {}, {"reference": Expected(tensors)}),), k)


def seen(**arrays):
    tensors = {}
    for name, values in arrays.items():
        array = np.asarray(values)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        tensors[name] = SeenTensor("Tensor", array.shape, str(array.dtype), "cpu", array)
    return {"plain": Observation("plain", tensors=tensors)}


def status(tensors, observations, check="value_matches", names=("output",), k=16.0):
    return judge_exercise(rubric(check, names), fixture(tensors, k=k), observations).verdicts[0].status


def test_the_bound_is_k_controls_and_four_epsilons_of_the_largest_value():
    tensor = expected([1.0, -8.0, 0.5], control=3e-6)
    assert own_bound(tensor, k=16) == pytest.approx(16 * 3e-6 + 4 * EPS * 8.0, rel=1e-12)


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_whole_numbers_and_booleans_must_be_equal(dtype):
    assert bound(expected([1.0], control=5.0, dtype=dtype), k=16, scale=100.0) == 0.0


@pytest.mark.parametrize(("error", "wanted"), [(0.99e-3, Status.PASSED), (1.01e-3, Status.FAILED)])
def test_a_value_just_inside_the_bound_passes_and_one_just_outside_fails(error, wanted):
    tensors = {"output": expected([0.0, 0.0], control=1e-3 / 16)}
    assert status(tensors, seen(output=[0.0, error])) is wanted


def test_a_small_value_beside_a_large_one_is_judged_by_the_large_ones_scale():
    tensors = {"output": expected([1000.0, 0.0])}
    assert status(tensors, seen(output=[1000.0, 1000 * 3 * EPS])) is Status.PASSED
    assert status({"output": expected([1.0, 0.0])}, seen(output=[1.0, 1000 * 3 * EPS])) is Status.FAILED


def test_gradients_are_judged_by_the_scale_of_the_whole_gradient_vector():
    tensors = {"gradient.weight": expected([1000.0]), "gradient.bias": expected([0.0])}
    found = {"gradient.weight": [1000.0], "gradient.bias": [1000 * 3 * EPS]}
    assert gradient_bounds(["gradient.*"], Expected(tensors), k=16)["gradient.bias"] == pytest.approx(4 * EPS * 1000)
    assert status(tensors, seen(**found), "gradient_matches", ("gradient.*",)) is Status.PASSED
    assert status(tensors, seen(**found), "value_matches", ("gradient.*",)) is Status.FAILED


def test_values_are_subtracted_in_float64():
    assert largest(distances(np.array([250], np.uint8), np.array([255], np.uint8))) == 5.0
    assert largest(distances(np.array([True]), np.array([False]))) == 1.0
    assert largest(distances(np.float32([3e38]), np.float32([-3e38]))) == pytest.approx(6e38)


def test_nan_is_no_distance_and_nothing_is_at_distance_nought():
    assert math.isnan(largest(distances(np.array([1.0, np.nan]), np.zeros(2))))
    assert largest(distances(np.zeros((0, 3)), np.zeros((0, 3)))) == 0.0


def test_an_empty_tensor_can_be_right():
    assert status({"output": expected(np.zeros((0, 3)))}, seen(output=np.zeros((0, 3)))) is Status.PASSED


def run(name, values, tensors, loses=()):
    return Run(name, fixture(tensors, k=1.0), seen(output=values), frozenset(loses))


@pytest.mark.parametrize(("error", "k"), [(0.0, 16.0), (7.9e-3, 16.0), (8.2e-3, 32.0), (0.1, 256.0), (9.0, 1024.0)])
def test_k_is_the_power_of_two_that_leaves_correct_work_within_half(error, k):
    tensors = {"output": expected([0.0, 0.0], control=1e-3)}  # no scale, so no floor: half of k * 1e-3
    assert choose_k(rubric(), [run("wheats/other", [0.0, error], tensors)]) == k


def test_figures_name_the_worst_correct_run_and_the_nearest_chaff():
    tensors = {"output": expected([1.0, 0.0], control=1e-3)}
    correct = [run("reference", [1.0, 0.0], tensors), run("wheats/other", [1.0, 4e-3], tensors)]
    chaffs = [run("chaffs/far", [1.0, 9.0], tensors, {"values"}), run("chaffs/near", [1.0, 0.5], tensors, {"values"})]
    figures = measure(rubric(), 16.0, correct, chaffs).criteria["values"]
    limit = 16e-3 + FLOOR
    assert (figures.worst_correct_is, figures.nearest_chaff_is) == ("wheats/other", "chaffs/near")
    assert figures.worst_correct == pytest.approx(4e-3 / limit)
    assert figures.nearest_chaff == pytest.approx(0.5 / limit)


def test_a_chaff_that_has_another_shape_is_infinitely_far():
    tensors = {"output": expected([1.0, 0.0], control=1e-3)}
    calibration = measure(rubric(), 16.0, [], [run("chaffs/flat", [1.0], tensors, {"values"})])
    assert math.isinf(calibration.criteria["values"].nearest_chaff)


def test_a_chaff_that_differs_in_a_fact_is_infinitely_far():
    criterion = rubric().criteria[0].model_copy(update={"facts": ("layers",)})
    right = Expected({"output": expected([1.0, 0.0], control=1e-3)}, {"layers": 3})
    recorded = Fixture("toy/toy", (FixtureCase("plain", {}, {}, {"reference": right}),), 1.0)
    shown = {"plain": Observation("plain", tensors=seen(output=[1.0, 0.0])["plain"].tensors, facts={"layers": 2})}
    chaff = Run("chaffs/shallow", recorded, shown, frozenset({"values"}))
    exercise = rubric().model_copy(update={"criteria": (criterion,)})
    assert math.isinf(measure(exercise, 16.0, [], [chaff]).criteria["values"].nearest_chaff)


def test_a_chaff_too_near_to_the_right_answer_is_refused():
    tensors = {"output": expected([1.0, 0.0], control=1e-3)}
    near = run("chaffs/near", [1.0, 0.03], tensors, {"values"})
    with pytest.raises(CourseError, match=r"toy/toy: criterion 'values', case 'plain': chaffs/near must lose it but"):
        measure(rubric(), 16.0, [], [near])


def test_correct_work_too_far_from_the_reference_is_refused():
    tensors = {"output": expected([0.0, 0.0], control=0.0)}
    wheat = run("wheats/other", [0.0, 0.25], tensors)
    with pytest.raises(CourseError, match=r"'values', case 'plain': wheats/other is correct but lies inf tolerances"):
        measure(rubric(), choose_k(rubric(), [wheat]), [wheat], [])


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
        refuse_trivial(rubric(), fixture({"output": expected(values)}, inputs), "public")


@pytest.mark.parametrize("values", [[1.0, 2.0, 4.0], 0.7])
def test_a_case_that_needs_work_is_kept(values):
    refuse_trivial(rubric(), fixture({"output": expected(values)}, {"x": np.float32([1.0, 2.0, 3.0])}), "public")


def test_one_zero_gradient_beside_others_is_no_trivial_case():
    tensors = {"gradient.weight": expected([3.0, 1.0]), "gradient.bias": expected([0.0, 0.0])}
    refuse_trivial(rubric("gradient_matches", ("gradient.*",)), fixture(tensors), "hidden")
