"""Checks of noise: what uniform numbers show, and what others do not."""

import numpy as np
import pytest

from grader.judge.checks.noise import NoiseFills, NoiseIsEven, NoiseIsFresh
from grader.judge.context import Context
from grader.model.fixture import Expected, FixtureCase
from grader.model.observation import Observation
from tests.builders import seen_tensor

SHAPE = (200, 100)
CRITERIA = {
    "fills": NoiseFills(id="a", title="a", check="noise_fills", tensors=("one", "two"), low=-1, high=1),
    "even": NoiseIsEven(id="a", title="a", check="noise_is_even", tensors=("one", "two")),
    "fresh": NoiseIsFresh(id="a", title="a", check="noise_is_fresh", tensors=("one", "two")),
}


def drawn(seed, low=-1.0, high=1.0):
    return np.random.default_rng(seed).uniform(low, high, SHAPE).astype(np.float32)


def shortfalls(one, two):
    """What each criterion says of the two calls."""
    seen = Observation("many", tensors={"one": seen_tensor(one), "two": seen_tensor(two)})
    expected = Expected({}, {}, {"one": SHAPE, "two": SHAPE})
    context = Context(FixtureCase("many", {}, {}, {"reference": expected}), expected, seen, 16.0)
    found = {name: criterion.shortfall(context) for name, criterion in CRITERIA.items()}
    return {name: shortfall.message for name, shortfall in found.items() if shortfall is not None}


@pytest.mark.parametrize("seed", range(5))
def test_uniform_numbers_pass(seed):
    assert shortfalls(drawn(seed), drawn(seed + 100)) == {}


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        (
            drawn(0, 0, 1),
            drawn(1, 0, 1),
            {"fills": "the numbers of one reach from 7.939e-05 to 1; they should fill [-1, 1]"},
        ),
        (drawn(0, -2, 2), drawn(1), {"fills": "the numbers of one reach from -2 to 2; they should fill [-1, 1]"}),
        (np.sign(drawn(0)), np.sign(drawn(1)), {"even": "one has only 2 different numbers in 20,000"}),
        (
            np.tanh(np.random.default_rng(0).normal(size=SHAPE)).astype(np.float32),
            drawn(1),
            {"even": "the numbers of one are not spread evenly over their range"},
        ),
        (drawn(0), drawn(0), {"fresh": "two has the same numbers as one"}),
        (drawn(0), -drawn(0), {"fresh": "the numbers of two depend on those of one"}),
        (
            drawn(0)[:1].repeat(200, axis=0),
            drawn(1)[:1].repeat(200, axis=0),
            {"fresh": "each row of two depends on the row before it"},
        ),
        (
            drawn(0)[:, :1].repeat(100, axis=1),
            drawn(1),
            {"fresh": "each column of one depends on the column before it"},
        ),
    ],
)
def test_each_fault_is_told_by_its_own_check(one, two, found):
    assert {name: message.removesuffix(' (case "many")') for name, message in shortfalls(one, two).items()} == found


@pytest.mark.parametrize("wrong", [drawn(0)[:3], np.full(SHAPE, np.nan, np.float32)])
def test_what_is_no_noise_of_this_shape_fails_every_check(wrong):
    message = 'one must be finite numbers of shape [200, 100] (case "many")'
    assert shortfalls(wrong, drawn(1)) == dict.fromkeys(CRITERIA, message)


@pytest.mark.parametrize("size", [1e300, -1e308])
def test_numbers_that_overflow_are_no_noise_and_no_fault_of_the_check(size):
    wrong = np.where(drawn(0) > 0, size, -size)
    assert set(shortfalls(wrong, wrong[::-1])) == set(CRITERIA)
