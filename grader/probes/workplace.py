"""Where a probe runs a whole program of a student's, a training for example, without leaving traces or losing time."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch


@contextlib.contextmanager
def workplace() -> Iterator[None]:
    """A working folder that is thrown away; nothing is printed, and one thread computes, whatever is asked for.

    Networks in probes are small: with more threads they would only wait for each other.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), _one_thread():
        before = Path.cwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with swapped(torch, "set_num_threads", lambda *_: None):
            yield
    finally:
        torch.set_num_threads(threads)


@contextlib.contextmanager
def swapped(owner: Any, name: str, value: Any) -> Iterator[None]:
    """While this lasts, the attribute `name` of a module or class is `value`."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
