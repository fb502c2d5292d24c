"""Time limits on student code that runs in this process. They nest: an inner one never outlasts an outer one."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

from grader.model.errors import StatementTimeoutError

_REPEAT_S = 0.1  # student code may catch the first alarm with a bare `except`
_SOON_S = 1e-4  # zero would switch the timer off
_HAS_ALARMS = hasattr(signal, "setitimer")  # Windows has none: a thread of ours gives them
_ALARM = signal.SIGALRM if _HAS_ALARMS else signal.SIGTERM
_ends: list[float] = []


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise StatementTimeoutError in the block when its time is up. Works in the main thread only."""
    before = None if _ends else signal.signal(_ALARM, _on_alarm)
    _ends.append(min([time.monotonic() + seconds, *_ends[-1:]]))
    try:
        _arm()
        yield
    finally:
        try:
            _set_timer(0)
        finally:
            _ends.pop()
            if _ends:
                _arm()
            elif _HAS_ALARMS:  # a thread's alarm may still be under way
                signal.signal(_ALARM, before)


def _arm() -> None:
    _set_timer(max(_ends[-1] - time.monotonic(), _SOON_S))


def _set_timer(seconds: float) -> None:
    if _HAS_ALARMS:
        signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT_S)
    else:
        _start_ringing()


@cache
def _start_ringing() -> None:
    threading.Thread(target=_ring_for_ever, daemon=True).start()


def _ring_for_ever() -> None:
    while True:
        time.sleep(_REPEAT_S)
        if any(time.monotonic() > end for end in _ends[-1:]):
            signal.raise_signal(_ALARM)


def _on_alarm(number: int, frame: FrameType | None) -> None:
    if _ends:
        raise StatementTimeoutError("took too long at top level; put it into a function")
