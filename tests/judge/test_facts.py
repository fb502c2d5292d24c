"""Facts: when they are equal, and what is told where they differ."""

import pytest

from grader.judge.comparison import same_fact
from grader.model.observation import Observation
from tests.judge.toy_net import SHAPES, right_answer, verdict


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
