"""Frames: what is sent arrives, and whatever else a hostile end sends is refused with the reason."""

import io
import json
import os
import socket
import struct
import threading
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.frames import Frame, read_frame, receive_frame, send_frame, write_frame
from grader.model.errors import WireError

HEADER = struct.Struct("!4sIQ")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def receive_bytes(data: bytes, **caps: int) -> Frame:
    """What `receive_frame` makes of these bytes and the end of the stream after them."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=_send_and_close, args=(theirs, data))
        sender.start()
        try:
            return receive_frame(ours, **{"max_head": 1 << 16, "max_blob": 1 << 20, **caps})
        finally:
            ours.close()
            sender.join()


def _send_and_close(sock: socket.socket, data: bytes) -> None:
    try:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
    except OSError:  # the receiver refused it and closed
        return


def frame_bytes(head: bytes, blob: bytes = b"", *, magic: bytes = b"GRD1") -> bytes:
    return HEADER.pack(magic, len(head), len(blob)) + head + blob


@given(head=st.dictionaries(st.text(), JSON, max_size=5), blob=st.binary(max_size=300))
def test_a_frame_arrives_as_it_was_sent(head, blob):
    frame = receive_bytes(frame_bytes(json.dumps(head).encode(), blob))
    assert frame.head == head
    assert bytes(frame.blob) == blob
    assert frame.fds == ()


@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_else(data):
    with pytest.raises((WireError, EOFError)):
        receive_bytes(data)


@given(head=st.binary(max_size=100), blob=st.binary(max_size=50), cut=st.integers(0, 170))
def test_frames_with_any_head_that_end_anywhere_raise_nothing_else(head, blob, cut):
    data = frame_bytes(head, blob)
    try:
        frame = receive_bytes(data[:cut])
    except (WireError, EOFError):
        return
    assert cut >= len(data)
    assert isinstance(frame.head, dict)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame_bytes(b"{}", magic=b"HTTP"), "sent bytes that are no frame"),
        (HEADER.pack(b"GRD1", 2, 1 << 60) + b"{}", "claims 2 + 1,152,921,504,606,846,976 bytes"),
        (HEADER.pack(b"GRD1", 1 << 31, 0), "claims 2,147,483,648 + 0 bytes"),
        (frame_bytes(b"[]"), "no JSON object"),
        (frame_bytes(b"{"), "no JSON (JSONDecodeError)"),
        (frame_bytes(b'{"a": "\xff"}'), "no JSON (UnicodeDecodeError)"),
        (frame_bytes(b"[" * 60_000), "no JSON (RecursionError)"),
        (frame_bytes(b'{"n": ' + b"9" * 5000 + b"}"), "no JSON (ValueError)"),
        (frame_bytes(b'{"deep": ' + b"[" * 32 + b"]" * 32 + b"}"), "nests deeper than 32"),
    ],
    ids=["magic", "huge blob", "huge head", "list", "cut", "no text", "endless nesting", "huge number", "nesting"],
)
def test_a_frame_that_breaks_the_protocol_is_refused_with_the_reason(data, message):
    with pytest.raises(WireError) as refused:
        receive_bytes(data)
    assert message in str(refused.value)


def test_json_that_nests_as_deep_as_allowed_passes():
    deep = b'{"deep": ' + b"[" * 31 + b"]" * 31 + b"}"
    assert receive_bytes(frame_bytes(deep)).head == json.loads(deep)


@pytest.mark.parametrize("size", [0, 10, HEADER.size + 1])
def test_a_stream_that_ends_early_is_an_end_of_file(size):
    with pytest.raises(EOFError):
        receive_bytes(frame_bytes(b'{"a": 1}', b"blob")[:size])


def test_a_frame_that_only_claims_to_be_large_costs_no_memory():
    tracemalloc.start()
    try:
        with pytest.raises(EOFError):
            receive_bytes(HEADER.pack(b"GRD1", 2, 1 << 40) + b"{}", max_blob=1 << 41)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_descriptors_travel_with_a_frame(ends):
    ours, theirs = ends
    reader, writer = os.pipe()
    send_frame(theirs, {"take": "these"}, fds=[reader, writer])
    os.close(reader)
    os.close(writer)
    received_reader, received_writer = receive_frame(ours, max_head=100, max_blob=0, max_fds=2).fds
    os.write(received_writer, b"through")
    assert os.read(received_reader, 10) == b"through"
    os.close(received_reader)
    os.close(received_writer)


@pytest.mark.parametrize(("sent", "allowed"), [(4, 0), (1, 0), (2, 1), (3, 2), (200, 2)])
def test_a_frame_with_more_descriptors_than_asked_for_is_refused_and_none_stays_open(ends, sent, allowed):
    ours, theirs = ends
    reader, writer = os.pipe()
    send_frame(theirs, {"take": "these"}, fds=[writer] * sent)
    os.close(writer)
    with pytest.raises(WireError, match="sent descriptors that nobody asked for"):
        receive_frame(ours, max_head=100, max_blob=0, max_fds=allowed)
    assert os.read(reader, 1) == b"", "a copy of the writing end is still open"
    os.close(reader)


def test_descriptors_beside_each_byte_of_a_header_count_together(ends):
    ours, theirs = ends
    reader, writer = os.pipe()
    for byte in frame_bytes(b"{}"):
        socket.send_fds(theirs, [bytes([byte])], [writer])
    os.close(writer)
    with pytest.raises(WireError, match="sent descriptors that nobody asked for"):
        receive_frame(ours, max_head=100, max_blob=0, max_fds=3)
    ours.close()  # with what is still in it
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_descriptors_beside_a_frames_body_do_not_stay_open(ends):
    ours, theirs = ends
    reader, writer = os.pipe()
    header = HEADER.pack(b"GRD1", 2, 4)
    theirs.sendall(header)
    for part in (b"{}", b"blob"):
        socket.send_fds(theirs, [part], [writer] * 3)
    os.close(writer)
    assert receive_frame(ours, max_head=100, max_blob=10, max_fds=2).fds == ()
    assert os.read(reader, 1) == b""
    os.close(reader)


REFUSED = {
    "no JSON": frame_bytes(b"{"),
    "magic": frame_bytes(b"{}", magic=b"HTTP"),
    "its end": HEADER.pack(b"GRD1", 9, 0),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_a_frame_that_is_refused_leaves_no_descriptor_open(ends, data):
    ours, theirs = ends
    reader, writer = os.pipe()
    socket.send_fds(theirs, [data], [writer])
    theirs.close()
    os.close(writer)
    with pytest.raises((WireError, EOFError)):
        receive_frame(ours, max_head=100, max_blob=0, max_fds=1)
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_waiting_is_left_to_the_caller(ends):
    ours, theirs = ends

    def too_late() -> None:
        raise TimeoutError("enough")

    theirs.sendall(b"GRD1")
    with pytest.raises(TimeoutError, match="enough"):
        receive_frame(ours, max_head=100, max_blob=0, wait=too_late)


# ---------------------------------------------------------------- pipes


def test_a_pipe_takes_one_frame_after_the_other() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"x": "é"}, b"data\r\n\x1a")
    write_frame(pipe, {})
    pipe.seek(0)
    first, second = (read_frame(pipe, max_head=100, max_blob=100) for _ in range(2))
    assert (first, second) == (Frame({"x": "é"}, bytearray(b"data\r\n\x1a")), Frame({}, bytearray()))
    with pytest.raises(EOFError):
        read_frame(pipe, max_head=100, max_blob=100)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"Traceback (most recent call last)", "sent bytes that are no frame"),
        (HEADER.pack(b"GRD1", 2, 101) + b"{}", "sent a frame that claims 2 \\+ 101 bytes"),
        (HEADER.pack(b"GRD1", 2, 0) + b"[]", "sent a head that is no JSON object"),
    ],
)
def test_what_is_no_frame_is_refused_from_a_pipe_too(sent: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        read_frame(io.BytesIO(sent), max_head=100, max_blob=100)
