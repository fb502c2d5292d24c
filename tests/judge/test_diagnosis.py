"""Which known mistake a failed criterion shows: named where it is clearly the nearest, else not."""

import numpy as np
import pytest

from grader.judge.verdicts import judge_exercise
from grader.model.fixture import Excerpt
from grader.model.observation import Observation, Outcome
from grader.model.report import Status
from tests import builders
from tests.builders import criterion, expected, float32_tensor, one_case, raised

RIGHT = np.float32([[1.0, 2.0], [3.0, 4.0]])
BOUND = 16 * 1e-6 + 4 * 2.0**-23 * 4.0

RUBRIC = builders.rubric(
    criterion("values", tensors=("output",), hint="look again"),
    criterion("layers", "fact_matches", facts=("layers",), hint="count the layers"),
    criterion("pure", "stays_equal", pairs=(("again", "output"),), hint="make new tensors"),
)


def mistake(outcome=Outcome.COMPLETE, error_type="", layers=3, **arrays):
    return builders.mistake(outcome, error_type, {"layers": layers}, **arrays)


def hints(seen, mistakes):
    right = expected({"layers": 3}, output=RIGHT, again=RIGHT)
    fixture = one_case(right, mistakes=mistakes, hints={name: f"this is {name}" for name in mistakes})
    found = judge_exercise(RUBRIC, fixture, {"plain": seen})
    return {v.criterion: v.hint for v in found.verdicts if v.status is Status.FAILED}


def showing(layers=3, error=None, **arrays):
    seen = {"tensors": {name: float32_tensor(array) for name, array in arrays.items()}, "facts": {"layers": layers}}
    return Observation("plain", **seen) if error is None else raised(error, **seen)


def test_a_known_mistake_is_named():
    mistakes = {"doubled": mistake(output=RIGHT * 2, again=RIGHT * 2), "flipped": mistake(output=RIGHT[::-1])}
    assert hints(showing(output=RIGHT * 2, again=RIGHT * 2), mistakes) == {"values": "this is doubled"}


def test_an_unknown_mistake_gets_the_criterions_own_hint():
    mistakes = {"doubled": mistake(output=RIGHT * 2)}
    assert hints(showing(output=RIGHT * 3, again=RIGHT * 3), mistakes) == {"values": "look again"}


@pytest.mark.parametrize(("off", "hint"), [(3.5, "this is doubled"), (6.0, "look again")])
def test_a_mistake_is_recognised_within_four_tolerances(off, hint):
    seen = RIGHT * 2 + np.float32(off * BOUND * 2)  # values twice as large may be off by twice as much
    assert hints(showing(output=seen, again=seen), {"doubled": mistake(output=RIGHT * 2)}) == {"values": hint}


def test_two_mistakes_that_look_the_same_are_told_apart_by_all_else_that_was_seen():
    mistakes = {
        "two layers": mistake(output=RIGHT * 2, again=RIGHT * 2, layers=2),
        "four layers": mistake(output=RIGHT * 2, again=RIGHT * 2, layers=4),
    }
    seen = showing(output=RIGHT * 2, again=RIGHT * 2, layers=4)
    assert hints(seen, mistakes) == {"values": "this is four layers", "layers": "this is four layers"}


def test_two_mistakes_that_look_the_same_everywhere_are_not_guessed_between():
    mistakes = {name: mistake(output=RIGHT * 2, again=RIGHT * 2) for name in ("doubled", "added to itself")}
    assert hints(showing(output=RIGHT * 2, again=RIGHT * 2), mistakes) == {"values": "look again"}


def test_a_mistake_nearly_as_near_as_the_nearest_leaves_doubt():
    near = RIGHT * 2 + np.float32(BOUND * 8)
    mistakes = {"doubled": mistake(output=RIGHT * 2), "nearly doubled": mistake(output=near)}
    assert hints(showing(output=RIGHT * 2, again=RIGHT * 2), mistakes) == {"values": "look again"}


def test_a_result_just_outside_the_tolerance_is_no_mistake_that_is_right_here():
    elsewhere = mistake(output=RIGHT, again=RIGHT, layers=2)
    seen = RIGHT + np.float32(BOUND * 2)
    assert hints(showing(output=seen, again=seen), {"elsewhere": elsewhere}) == {"values": "look again"}


def test_the_same_wrong_shape_and_values_are_the_same_mistake():
    mistakes = {"flat": mistake(output=RIGHT.ravel()), "column": mistake(output=RIGHT.reshape(4, 1))}
    assert hints(showing(output=RIGHT.ravel(), again=RIGHT.ravel()), mistakes)["values"] == "this is flat"


def test_nan_at_the_same_places_is_the_same_mistake():
    spoilt = RIGHT.copy()
    spoilt[0, 0] = np.nan
    mistakes = {"overflows": mistake(output=spoilt, again=spoilt)}
    assert hints(showing(output=spoilt, again=spoilt), mistakes)["values"] == "this is overflows"
    elsewhere = np.roll(spoilt, 1)
    assert hints(showing(output=elsewhere, again=elsewhere), mistakes)["values"] == "look again"


@pytest.mark.parametrize(("error", "hint"), [("IndexError", "this is out of range"), ("TypeError", "look again")])
def test_the_same_exception_is_the_same_mistake(error, hint):
    mistakes = {"out of range": mistake(Outcome.RAISED, "IndexError")}
    assert hints(showing(error=error), mistakes)["values"] == hint


def test_what_a_probe_says_itself_is_the_same_mistake_only_in_the_same_words():
    mistakes = {"zeros": mistake(Outcome.RAISED, "Unusable: the loss is NaN")}

    def said(words):
        return hints(raised("Unusable", words, facts={"layers": 3}), mistakes)["values"]

    assert said("the loss is NaN") == "this is zeros"
    assert said("the layer has no tensor `weight`") == "look again"


def test_exceptions_of_the_same_type_do_not_tell_mistakes_apart():
    mistakes = {name: mistake(Outcome.RAISED, "RuntimeError") for name in ("kernel", "channels")}
    assert hints(showing(error="RuntimeError"), mistakes)["values"] == "look again"


def test_a_mistake_of_facts_is_named():
    mistakes = {"two layers": mistake(output=RIGHT, layers=2), "four layers": mistake(output=RIGHT, layers=4)}
    assert hints(showing(output=RIGHT, again=RIGHT, layers=2), mistakes) == {"layers": "this is two layers"}


def test_a_mistake_of_purity_is_named():
    mistakes = {"keeps adding": mistake(output=RIGHT, again=RIGHT * 2)}
    assert hints(showing(output=RIGHT, again=RIGHT * 2), mistakes) == {"pure": "this is keeps adding"}


def test_an_excerpt_of_a_large_tensor_is_enough():
    large = np.arange(24 * 96, dtype=np.float32).reshape(24, 8, 12)
    excerpt = Excerpt.of(large)
    assert excerpt.shape == (24, 8, 12)
    assert 200 < excerpt.values.size <= 400
    for axis, length in enumerate(large.shape):  # no row or column is left out
        assert len(set(np.unravel_index(excerpt.values.astype(int), large.shape)[axis])) == length
    assert (excerpt.same_places(large + 1) == excerpt.values + 1).all()
