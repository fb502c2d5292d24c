"""Frames of a submission's process become observations: every field is checked, and nothing it says is believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from grader.messages.answers import MAX_RANK, MAX_TENSORS, observation_from
from grader.messages.frames import Frame
from grader.model.errors import TensorError, WireError
from grader.model.observation import Outcome

PLAIN = {"type": "Tensor", "shape": [2], "dtype": "float32", "device": "cpu"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
HEADS = st.fixed_dictionaries(
    {
        "case": st.just(0) | JSON,
        "facts": st.dictionaries(st.text(max_size=5), JSON, max_size=3) | JSON,
        "error": st.none() | JSON,
        "seconds": JSON,
    },
    optional={"passed": JSON},
)
DESCRIPTION = st.fixed_dictionaries({}, optional=dict.fromkeys(PLAIN, JSON))


def frame(blob: bytes = b"", **head: object) -> Frame:
    return Frame({"case": 0, "tensors": {}, "facts": {}, "error": None, "seconds": 0.5, **head}, bytearray(blob))


@given(head=HEADS, tensors=JSON | st.dictionaries(st.text(max_size=5), DESCRIPTION | JSON, max_size=3))
def test_any_head_gives_an_observation_or_is_refused(head, tensors):
    try:
        seen = observation_from(Frame({**head, "tensors": tensors}, bytearray()), "case")
    except (WireError, TensorError):
        return
    assert seen.case == "case"
    assert 0 <= seen.seconds <= 1e6


def test_an_honest_frame_is_read_whole():
    blob = save({"output": np.array([1, 2], dtype=np.float32)})
    seen = observation_from(frame(blob, tensors={"output": PLAIN}, facts={"calls": 2}), "case")
    assert seen.outcome is Outcome.COMPLETE
    assert (seen.tensors["output"].shape, seen.tensors["output"].array.tolist()) == ((2,), [1, 2])
    assert (seen.facts, seen.seconds) == ({"calls": 2}, 0.5)


def test_a_fault_of_the_course_is_no_error_of_the_submission():
    seen = observation_from(frame(fault="KeyError: 'x', at fixtures/a/b/probe.py, line 3"), "case")
    assert (seen.outcome, seen.error) == (Outcome.FAULT, None)
    assert seen.reason == "KeyError: 'x', at fixtures/a/b/probe.py, line 3"


def test_the_shape_is_the_arrays_own_and_not_the_one_claimed():
    blob = save({"output": np.zeros(2, dtype=np.float32)})
    seen = observation_from(frame(blob, tensors={"output": {**PLAIN, "shape": [2, 24, 16, 16]}}), "case")
    assert seen.tensors["output"].shape == (2,)


def test_a_description_without_data_has_no_values():
    seen = observation_from(frame(tensors={"output": {**PLAIN, "shape": [1 << 60]}}), "case")
    assert seen.tensors["output"].shape == (1 << 60,)
    assert seen.tensors["output"].array is None


def test_data_without_a_description_is_not_seen():
    assert observation_from(frame(save({"output": np.zeros(2)})), "case").tensors == {}


def test_an_error_makes_it_raised_whatever_else_is_claimed():
    error = {"type": "KeyError", "message": "x" * 9000, "where": "a.py"}
    seen = observation_from(frame(error=error, facts={"outcome": "complete"}), "case")
    assert seen.outcome is Outcome.RAISED
    assert (seen.error.type, len(seen.error.message), seen.error.where) == ("KeyError", 500, "a.py")


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 10**400, "1", None, [1]])
def test_impossible_seconds_count_as_none(seconds):
    assert observation_from(frame(seconds=seconds), "case").seconds == 0


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"tensors": None}, "(tensors: Input should be a valid dictionary)"),
        ({"tensors": dict.fromkeys(map(str, range(MAX_TENSORS + 1)), PLAIN)}, "(tensors: Dictionary should have"),
        ({"tensors": {"output": 5}}, "(tensors: Input should be a valid dictionary"),
        ({"tensors": {"output": {}}}, "(tensors.type: Field required)"),
        ({"tensors": {"output": {**PLAIN, "shape": [-1]}}}, "(tensors.shape: Input should be greater"),
        ({"tensors": {"output": {**PLAIN, "shape": [True]}}}, "(tensors.shape: Input should be a valid integer)"),
        ({"tensors": {"output": {**PLAIN, "shape": [1] * (MAX_RANK + 1)}}}, "(tensors.shape: Tuple should have"),
        ({"error": "none"}, "(error: Input should be a valid dictionary"),
        ({"outcome": "complete"}, "(Extra inputs are not permitted)"),
    ],
    ids=["tensors", "many", "number", "empty", "negative", "boolean", "rank", "error", "more"],
)
def test_a_malformed_claim_is_refused_with_the_reason(head, message):
    with pytest.raises(WireError) as refused:
        observation_from(frame(**head), "case")
    assert f"its observation is malformed {message}" in str(refused.value)
