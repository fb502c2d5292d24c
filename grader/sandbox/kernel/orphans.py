"""Killing what a submission leaves running, where no pid namespace does it for us."""

import os
import signal
import time
from collections.abc import Iterable

from grader.sandbox.kernel.processes import descendants


def sweep(keep: Iterable[int], give_up_s: float = 10.0) -> None:
    """Kill every descendant of this process but `keep`; this process must be their subreaper.

    All are stopped first, to a fixpoint: a stopped process cannot fork, and it still counts against the
    process limit, so a fork bomb cannot outrun the sweep. Listing /proc is not atomic: two clean passes.
    """
    me, kept = os.getpid(), set(keep)
    deadline = time.monotonic() + give_up_s
    while time.monotonic() < deadline:
        stopped: set[int] = set()
        clean_passes = 0
        while clean_passes < 2 and time.monotonic() < deadline:
            fresh = descendants([me]) - descendants(kept) - {me} - stopped
            clean_passes = 0 if fresh else clean_passes + 1
            _signal_all(fresh, signal.SIGSTOP)
            stopped |= fresh
        if not stopped:
            return
        _signal_all(stopped, signal.SIGKILL)
        _reap(stopped, time.monotonic() + 1.0)


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _reap(pids: set[int], deadline: float) -> None:
    waiting = set(pids)
    while waiting and time.monotonic() < deadline:
        for pid in sorted(waiting):
            try:
                done, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:  # not ours yet: its own parent is dying first
                continue
            if done:
                waiting.discard(pid)
        waiting &= descendants([os.getpid()])
        time.sleep(0.002)
