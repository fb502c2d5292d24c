"""Time limits on student code that runs in this process. They nest: an inner one never outlasts an outer one."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grader.model.errors import StatementTimeoutError

_REPEAT_S = 0.1  # student code may catch the first alarm with a bare `except`
_SOON_S = 1e-4  # zero would switch the timer off
_ends: list[float] = []


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise StatementTimeoutError in the block when its time is up. Works in the main thread only."""
    before = None if _ends else signal.signal(signal.SIGALRM, _on_alarm)
    _ends.append(min([time.monotonic() + seconds, *_ends[-1:]]))
    try:
        _arm()
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            _ends.pop()
            if _ends:
                _arm()
            else:
                signal.signal(signal.SIGALRM, before)


def _arm() -> None:
    signal.setitimer(signal.ITIMER_REAL, max(_ends[-1] - time.monotonic(), _SOON_S), _REPEAT_S)


def _on_alarm(number: int, frame: FrameType | None) -> None:
    raise StatementTimeoutError("took too long at top level; put it into a function")
