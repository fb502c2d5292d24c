"""Tensors out of the sandbox: what safetensors wrote is read, and everything else is refused with the reason."""

import json
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from safetensors.numpy import save

from grader.messages.answers import MAX_RANK, MAX_TENSORS, read_tensors
from grader.model.errors import TensorError

DTYPES = ["float64", "float32", "int64", "int32", "int16", "int8", "uint8", "bool"]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays_of.arrays(dtype, arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
NUMBER = st.integers(-2, 40) | st.sampled_from([2**31, 2**60, 2**63, 10**30]) | st.booleans() | st.none()
ENTRY = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F64", "U8", "BOOL", "F16", "BF16", "C64", "", None, 5]),
        "shape": st.lists(NUMBER, max_size=10) | st.none() | st.text(max_size=3),
        "data_offsets": st.lists(NUMBER, max_size=3) | st.none() | st.integers(),
    }
)


def encode(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype: object = "F32", shape: object = (1,), offsets: object = (0, 4)) -> dict[str, object]:
    return {"output": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


@given(st.dictionaries(st.text(min_size=1, max_size=5).filter(lambda n: n != "__metadata__"), ARRAYS, max_size=4))
def test_what_safetensors_wrote_is_read_back(arrays):
    read = read_tensors(save(arrays))
    assert read.keys() == arrays.keys()
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype
        assert read[name].shape == array.shape
        assert read[name].tobytes() == array.tobytes()


def test_no_bytes_are_no_tensors():
    assert read_tensors(b"") == {}


@given(st.binary(min_size=1, max_size=200))
def test_arbitrary_bytes_raise_nothing_else(blob):
    with pytest.raises(TensorError):
        read_tensors(blob)


@given(header=st.dictionaries(st.text(max_size=3), ENTRY, max_size=3), data=st.binary(max_size=64))
def test_arbitrary_headers_give_tensors_within_their_bytes_or_are_refused(header, data):
    try:
        read = read_tensors(encode(header, data))
    except TensorError:
        return
    assert all(array.nbytes <= len(data) for array in read.values())


@pytest.mark.parametrize(
    ("blob", "message"),
    [
        (b"1234567", "no valid header"),
        (struct.pack("<Q", 1 << 40) + b"{}", "no valid header"),
        (struct.pack("<Q", 3) + b"{}", "no valid header"),
        (struct.pack("<Q", 2) + b"{]", "header is no JSON"),
        (encode([1, 2]), "no JSON object"),
        (struct.pack("<Q", 60_000) + b"[" * 60_000, "header is no JSON"),
        (encode({"output": 5}), "header is malformed"),
        (encode({"output": {"dtype": "F32", "shape": [1]}}), "header is malformed"),
        (encode(entry(offsets=[0])), "header is malformed"),
        (encode(entry(dtype="F16"), bytes(2)), "a dtype that is not allowed"),
        (encode(entry(dtype=["F32"]), bytes(4)), "a dtype that is not allowed"),
        (encode(entry(shape="1"), bytes(4)), "an impossible shape"),
        (encode(entry(shape=[-1]), bytes(4)), "an impossible shape"),
        (encode(entry(shape=[True]), bytes(4)), "an impossible shape"),
        (encode(entry(shape=[1] * (MAX_RANK + 1)), bytes(4)), "an impossible shape"),
        (encode(entry(shape=[0, 2**62, 2**62], offsets=[0, 0])), "an impossible shape"),
        (encode(entry(shape=[0, 10**30], offsets=[0, 0])), "an impossible shape"),
        (encode(entry(shape=[1 << 40, 1 << 20]), bytes(4)), "does not fit its bytes"),
        (encode(entry(shape=[2]), bytes(4)), "does not fit its bytes"),
        (encode(entry(shape=[2], offsets=[0, 8]), bytes(4)), "does not fit its bytes"),
        (encode(entry(offsets=[8, 4]), bytes(8)), "does not fit its bytes"),
    ],
)
def test_a_lying_header_is_refused_with_the_reason(blob, message):
    with pytest.raises(TensorError, match=message):
        read_tensors(blob)


def test_the_largest_rank_passes():
    assert read_tensors(save({"output": np.ones([1] * MAX_RANK)}))["output"].shape == (1,) * MAX_RANK


def test_too_many_tensors_are_refused_and_as_many_as_allowed_are_read():
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    assert len(read_tensors(encode({str(n): empty for n in range(MAX_TENSORS)}))) == MAX_TENSORS
    with pytest.raises(TensorError, match=f"sent {MAX_TENSORS + 1} tensors, {MAX_TENSORS} are allowed"):
        read_tensors(encode({str(n): empty for n in range(MAX_TENSORS + 1)}))


def test_a_claim_of_terabytes_costs_no_memory():
    tracemalloc.start()
    try:
        with pytest.raises(TensorError):
            read_tensors(encode(entry(shape=[1 << 40]), bytes(4)))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
