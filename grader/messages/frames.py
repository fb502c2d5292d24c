"""Length-capped frames over a Unix stream socket or a pipe: a small JSON head, a blob, and file descriptors.

Both ends of the sandbox use this module, so it needs the standard library alone. Whoever receives says how
much it is ready to take; a frame that claims more is refused before anything is allocated.
"""

import json
import os
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from grader.model.errors import WireError

_HEADER = struct.Struct("!4sIQ")  # magic, bytes of JSON, bytes of blob
_MAGIC = b"GRD1"
_MAX_NESTING = 32  # of JSON: more would parse, and then exhaust the stack of whoever walks through it
_CHUNK = 1 << 20

Receive = Callable[[int], bytes]  # at most so many bytes; none at the end


@dataclass(frozen=True)
class Frame:
    head: dict[str, Any]
    blob: bytearray
    fds: tuple[int, ...] = ()


def send_frame(sock: socket.socket, head: Mapping[str, object], blob: bytes = b"", fds: Sequence[int] = ()) -> None:
    """Send one frame; the descriptors travel with its first bytes."""
    # mostly all of it at once, so that the other end wakes once
    first, rest = _start(head, blob) + blob[:_CHUNK], memoryview(blob)[_CHUNK:]
    sent = socket.send_fds(sock, [first], fds) if fds else 0  # a sandboxed process may not send descriptors
    sock.sendall(memoryview(first)[sent:])
    sock.sendall(rest)


def write_frame(pipe: IO[bytes], head: Mapping[str, object], blob: bytes = b"") -> None:
    """As `send_frame`, into a pipe: it takes no descriptors, but every system has it."""
    pipe.writelines([_start(head, blob), blob])
    pipe.flush()


def _start(head: Mapping[str, object], blob: bytes) -> bytes:
    text = json.dumps(head).encode()
    return _HEADER.pack(_MAGIC, len(text), len(blob)) + text


def receive_frame(
    sock: socket.socket, *, max_head: int, max_blob: int, max_fds: int = 0, wait: Callable[[], object] = lambda: None
) -> Frame:
    """Receive one frame. `wait` is called before every read and may raise TimeoutError.

    Raises EOFError where the other end closed, WireError where it broke the protocol, also by sending more than
    `max_fds` descriptors: a frame must not fill the judge with open files. Where it raises, none stays open.
    """
    fds: list[int] = []

    def with_descriptors(size: int) -> bytes:
        wait()
        # exactly as many as fit are made ours: the kernel closes the others, and says that there were some
        part, received, flags, _ = socket.recv_fds(sock, size, max_fds - len(fds))
        fds.extend(received)
        if flags & socket.MSG_CTRUNC:
            raise WireError("sent descriptors that nobody asked for")
        return part

    def plain(size: int) -> bytes:
        wait()
        return sock.recv(size)

    try:
        header = _receive_exactly(with_descriptors, _HEADER.size)
        return Frame(*_after(header, plain, max_head, max_blob), tuple(fds))
    except BaseException:
        for fd in fds:
            os.close(fd)
        raise


def read_frame(pipe: IO[bytes], *, max_head: int, max_blob: int) -> Frame:
    """As `receive_frame`, from a pipe; it waits for as long as it takes."""
    return Frame(*_after(_receive_exactly(pipe.read, _HEADER.size), pipe.read, max_head, max_blob))


def _after(header: bytearray, receive: Receive, max_head: int, max_blob: int) -> tuple[dict[str, Any], bytearray]:
    magic, head_size, blob_size = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise WireError("sent bytes that are no frame")
    if head_size > max_head or blob_size > max_blob:
        raise WireError(f"sent a frame that claims {head_size:,} + {blob_size:,} bytes")
    return _object(_receive_exactly(receive, head_size)), _receive_exactly(receive, blob_size)


def _object(text: bytearray) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"sent a head that is no JSON ({type(error).__name__})") from None
    if not isinstance(head, dict):
        raise WireError("sent a head that is no JSON object")
    level: list[Any] = [head]
    for _ in range(_MAX_NESTING):
        parents = (value for value in level if isinstance(value, (dict, list)))
        level = [child for parent in parents for child in (parent.values() if isinstance(parent, dict) else parent)]
    if level:
        raise WireError(f"sent a head whose JSON nests deeper than {_MAX_NESTING}")
    return head


def _receive_exactly(receive: Receive, size: int) -> bytearray:
    # Grown as data comes: a frame that only claims to be large costs no memory.
    data = bytearray()
    while len(data) < size:
        part = receive(min(_CHUNK, size - len(data)))
        if not part:
            raise EOFError("the other end closed")
        data += part
    return data
