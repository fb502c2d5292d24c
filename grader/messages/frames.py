"""Length-capped frames over a Unix stream socket: a small JSON head, a blob, and file descriptors.

Both ends of the sandbox use this module, so it needs the standard library alone. Whoever receives says how
much it is ready to take; a frame that claims more is refused before anything is allocated.
"""

import json
import os
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model.errors import WireError

_HEADER = struct.Struct("!4sIQ")  # magic, bytes of JSON, bytes of blob
_MAGIC = b"GRD1"
_MAX_NESTING = 32  # of JSON: more would parse, and then exhaust the stack of whoever walks through it
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Frame:
    head: dict[str, Any]
    blob: bytearray
    fds: tuple[int, ...] = ()


def send_frame(sock: socket.socket, head: Mapping[str, object], blob: bytes = b"", fds: Sequence[int] = ()) -> None:
    """Send one frame; the descriptors travel with its first bytes."""
    text = json.dumps(head).encode()
    parts = [_HEADER.pack(_MAGIC, len(text), len(blob)) + text, blob]
    # mostly all of it at once, so that the other end wakes once
    sent = socket.send_fds(sock, parts, fds) if fds else sock.sendmsg(parts)
    for part in parts:
        if sent < len(part):
            sock.sendall(memoryview(part)[sent:])
        sent = max(0, sent - len(part))


def receive_frame(
    sock: socket.socket, *, max_head: int, max_blob: int, max_fds: int = 0, wait: Callable[[], None] = lambda: None
) -> Frame:
    """Receive one frame. `wait` is called before every read and may raise TimeoutError.

    Raises EOFError where the other end closed, WireError where it broke the protocol, also by sending more than
    `max_fds` descriptors: a frame must not fill the judge with open files. Where it raises, none stays open.
    """
    fds: list[int] = []
    try:
        header = _receive_header(sock, max_fds, fds, wait)
        head_size, blob_size = _sizes(header, max_head, max_blob)
        head = _object(_receive_exactly(sock, head_size, wait))
        return Frame(head, _receive_exactly(sock, blob_size, wait), tuple(fds))
    except BaseException:
        for fd in fds:
            os.close(fd)
        raise


def _sizes(header: bytes, max_head: int, max_blob: int) -> tuple[int, int]:
    magic, head_size, blob_size = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise WireError("sent bytes that are no frame")
    if head_size > max_head or blob_size > max_blob:
        raise WireError(f"sent a frame that claims {head_size:,} + {blob_size:,} bytes")
    return head_size, blob_size


def _object(text: bytearray) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"sent a head that is no JSON ({type(error).__name__})") from None
    if not isinstance(head, dict):
        raise WireError("sent a head that is no JSON object")
    if _nests_deeper(head, _MAX_NESTING):
        raise WireError(f"sent a head whose JSON nests deeper than {_MAX_NESTING}")
    return head


def _nests_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


def _receive_header(sock: socket.socket, max_fds: int, fds: list[int], wait: Callable[[], None]) -> bytes:
    """The header's bytes; descriptors that came with them are added to `fds`."""
    data = b""
    while len(data) < _HEADER.size:
        wait()
        # exactly as many as fit are made ours: the kernel closes the others, and says that there were some
        part, received, flags, _ = socket.recv_fds(sock, _HEADER.size - len(data), max_fds - len(fds))
        fds += received
        if flags & socket.MSG_CTRUNC:
            raise WireError("sent descriptors that nobody asked for")
        if not part:
            raise EOFError("the other end closed")
        data += part
    return data


def _receive_exactly(sock: socket.socket, size: int, wait: Callable[[], None]) -> bytearray:
    # Grown as data comes: a frame that only claims to be large costs no memory.
    data = bytearray()
    while len(data) < size:
        wait()
        part = sock.recv(min(_CHUNK, size - len(data)))
        if not part:
            raise EOFError("the other end closed in the middle of a frame")
        data += part
    return data
