"""Pickles and arrays are read where they hold plain data, and nothing in them is ever run."""

import contextlib
import io
import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.datasets import DataError, read_npz
from grader.datasets.arrays import read_npy
from grader.datasets.pickles import read_pickle
from tests.datasets.python2_pickle import python2_pickle


def unpickled(content: bytes):
    return read_pickle(io.BytesIO(content), "batch")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.binary(), inner, max_size=4),
    max_leaves=10,
)
NUMBERS = hnp.arrays(
    dtype=hnp.integer_dtypes(endianness="?")
    | hnp.unsigned_integer_dtypes(endianness="?")
    | hnp.floating_dtypes(sizes=(16, 32, 64)),
    shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)


@given(PLAIN, st.sampled_from([2, 3, 4]))
def test_plain_data_is_read_as_it_was_written(value, protocol):
    assert unpickled(pickle.dumps(value, protocol)) == value


@given(NUMBERS, st.sampled_from([2, 3, 4]), st.booleans())
def test_arrays_are_read_as_they_were_written(array, protocol, fortran):
    written = array.copy(order="F" if fortran else "C")
    seen = unpickled(pickle.dumps({"x": [written]}, protocol))["x"][0]
    assert (seen.dtype, seen.shape) == (array.dtype, array.shape)
    assert seen.tobytes() == array.tobytes()
    assert seen.flags.writeable


def test_python_2s_strings_come_as_bytes():
    assert unpickled(python2_pickle({b"batch_label": b"training batch 1 of 5", b"labels": [6, 9]})) == {
        b"batch_label": b"training batch 1 of 5",
        b"labels": [6, 9],
    }


class Calls:
    """Pickles as a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


ATTACKS = {
    "posix.system": lambda marker: Calls(os.system, f"touch {marker}"),
    "builtins.eval": lambda marker: Calls(eval, f"open({marker!r}, 'w')"),
    "builtins.getattr": lambda _: Calls(getattr, np.ndarray, "tofile"),
    "numpy.memmap": lambda marker: Calls(np.memmap, marker, "u1", "w+", 0, (1,)),
    "numpy.lib._npyio_impl.load": lambda marker: Calls(np.load, marker),
    "io.open": lambda marker: Calls(io.open, marker, "w"),
    "builtins.set": lambda _: {1},
}


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("name", ATTACKS)
def test_a_pickle_that_calls_anything_is_refused_by_name(name, protocol, tmp_path):
    marker = tmp_path / "ran"
    content = pickle.dumps({"labels": ATTACKS[name](str(marker))}, protocol)
    with pytest.raises(DataError) as raised:
        unpickled(content)
    names = {name, f"_{name}", name.replace("builtins", "__builtin__"), "numpy.load"}  # as versions of Python say it
    if name != "builtins.set" or protocol < 4:  # later protocols have an opcode for sets, which are refused when built
        assert any(f"batch: asks to run {n}, which no data needs" in str(raised.value) for n in names)
    assert not marker.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.",  # an attribute of a known name
        b"\x80\x02cnumpy\nndarray\n}U\x01aK\x01sb.",  # a known name gets attributes
        b"\x80\x02cnumpy\nndarray\n.",  # a known name as data
        b"\x80\x02]q\x00h\x00a.",  # a list in itself
        b"\x80\x02cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R.",  # a type as data
        b"Nr\xff\xff\xff\xff",  # a table of four thousand million entries
        b"",
        b"no pickle at all",
    ],
    ids=["attribute", "state", "name", "in itself", "type", "table", "empty", "text"],
)
def test_a_pickle_that_is_no_plain_data_is_refused(content):
    with pytest.raises(DataError, match=r"^batch: .*; get the file"):
        unpickled(content)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(DataError):
        unpickled(content)


@given(st.data())
def test_a_damaged_pickle_is_read_or_refused(data):
    content = bytearray(pickle.dumps({"data": np.arange(6, dtype=np.uint8).reshape(2, 3), "labels": [1, 2]}, 2))
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DataError):
        unpickled(bytes(content))


def test_an_array_with_fewer_bytes_than_its_shape_needs_is_refused():
    content = pickle.dumps(np.zeros((2, 3), np.uint8), 2).replace(b"K\x02K\x03\x86", b"K\x02K\x09\x86")
    with pytest.raises(DataError, match=r"6 bytes are no array of shape \(2, 9\) of uint8"):
        unpickled(content)


# Arrays


def test_arrays_of_objects_are_read_without_running_them(tmp_path):
    table = {"a": 0, "b": 1}
    np.savez(
        tmp_path / "w.npz", char_to_ix=np.array(table, dtype=object), chars=np.array([b"a", b"b"]), h=np.ones((2, 1))
    )
    seen = read_npz(str(tmp_path / "w.npz"))
    assert seen["char_to_ix"].item() == table
    assert seen["chars"].tolist() == [b"a", b"b"]
    assert seen["h"].tolist() == [[1.0], [1.0]]


def test_an_array_of_objects_that_calls_is_refused(tmp_path):
    np.savez(tmp_path / "w.npz", chars=np.array([Calls(os.system, "true")], dtype=object))
    with pytest.raises(DataError, match=r"w\.npz, array 'chars': asks to run posix\.system"):
        read_npz(tmp_path / "w.npz")


def test_an_array_that_claims_more_than_it_holds_is_refused(tmp_path):
    with (tmp_path / "colours.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 3)})
    with pytest.raises(DataError, match=r"colours\.npy: can't be read as arrays \(0 bytes are no array of shape"):
        read_npy(tmp_path / "colours.npy")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.npz: can't be read as arrays \(\[Errno 2\] No such file"):
        read_npz(tmp_path / "none.npz")
