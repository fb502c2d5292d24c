"""For probes of test code: an entry that gives None is one that nobody has written yet, and tests judge by raising."""

import dis
import functools
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from grader.model.errors import Unusable


def written(entry: Any) -> Any:
    """The entry, where a call of the function, or of the class's objects, raises NotImplementedError for None."""
    if not isinstance(entry, type):
        return _checked(entry, entry.__name__)
    called = call_of(entry)
    return (
        type(entry.__name__, (entry,), {called: _checked(getattr(entry, called), entry.__name__)}) if called else entry
    )


def a_value(entry: Any) -> Any:
    """The entry, which is no function; raises NotImplementedError where it is one, or None."""
    if entry is None or callable(entry):
        raise NotImplementedError("there is no value yet")
    return entry


@contextmanager
def tests_raise() -> Iterator[None]:
    """What a test in this block raises by `raise` or `assert` is told to the student as the test says it."""
    try:
        yield
    except Exception as error:
        _, test, *deeper = (frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__))
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        operation = dis.opname[frame.f_code.co_code[frame.f_lasti]]
        if operation != "RAISE_VARARGS" or (deeper or [test])[-1].co_filename != test.co_filename:
            raise
        raise Unusable(str(error) or f"a test raised {type(error).__name__}") from error


def call_of(entry: type) -> str:
    """The method that a call of the class's objects runs; empty where they cannot be called."""
    if issubclass(entry, nn.Module):
        return "forward"
    return "__call__" if any("__call__" in vars(ancestor) for ancestor in entry.__mro__) else ""


def _checked(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if result is None:
            raise NotImplementedError(f"{name} returns None")
        return result

    return call
