"""For probes of test code that expects values: an entry that gives None is one that nobody has written yet."""

import functools
from collections.abc import Callable
from typing import Any

from torch import nn


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
