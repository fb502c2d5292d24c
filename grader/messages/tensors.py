"""Reading tensors that came out of the sandbox: the header is checked before anything is built from it.

safetensors itself would accept a million empty tensors or shapes of any rank from a few kilobytes.
"""

import json
from math import prod
from typing import Any

import numpy as np

from grader.model.errors import TensorError
from grader.model.observation import Array

MAX_HEADER = 1 << 16
MAX_TENSORS = 64
MAX_RANK = 8
_DTYPES = {
    "F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def read_tensors(blob: bytes | bytearray) -> dict[str, Array]:
    """Named numpy arrays, sharing the blob's memory. Raises TensorError."""
    if not blob:
        return {}
    header, data = _header(blob)
    return {name: _array(name, entry, data) for name, entry in header.items()}


def _header(blob: bytes | bytearray) -> tuple[dict[str, Any], memoryview]:
    size = int.from_bytes(blob[:8], "little")
    if len(blob) < 8 or size > MAX_HEADER or size + 8 > len(blob):
        raise TensorError("its tensors have no valid header")
    try:
        header = json.loads(bytes(blob[8 : 8 + size]))
    except (ValueError, RecursionError):
        raise TensorError("its tensors' header is no JSON") from None
    if not isinstance(header, dict):
        raise TensorError("its tensors' header is no JSON object")
    header.pop("__metadata__", None)
    if len(header) > MAX_TENSORS:
        raise TensorError(f"it sent {len(header):,} tensors, {MAX_TENSORS} are allowed")
    return header, memoryview(blob)[8 + size :]


def _array(name: str, entry: Any, data: memoryview) -> Array:
    try:
        dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise TensorError("its tensors' header is malformed") from None
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise TensorError("it sent a tensor of a dtype that is not allowed")
    numbers = (*shape, start, end) if isinstance(shape, list) else (None,)
    if len(numbers) > MAX_RANK + 2 or any(type(n) is not int or n < 0 for n in numbers):
        raise TensorError("it sent a tensor with an impossible shape")
    kind = np.dtype(_DTYPES[dtype])
    if end > len(data) or prod(shape) * kind.itemsize != end - start:
        raise TensorError("it sent a tensor whose shape does not fit its bytes")
    try:
        return np.frombuffer(data[start:end], dtype=kind).reshape(shape)
    except ValueError:  # no elements, and other sizes beyond what numpy can count
        raise TensorError("it sent a tensor with an impossible shape") from None
