"""A fork that waits for room. Light to import: a zygote that does without torch forks too."""

import contextlib
import time
from collections.abc import Callable

_FORK_EVERY_S = 0.02


def fork_patiently(fork: Callable[[], int]) -> int:
    """Fork, as soon as the system has room for another process; how long that may take is the judge's to say."""
    while True:
        with contextlib.suppress(BlockingIOError):
            return fork()
        time.sleep(_FORK_EVERY_S)
