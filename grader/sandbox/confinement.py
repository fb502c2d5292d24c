"""What a forked child does to itself before any student code runs in it. The order matters."""

import fcntl
import gc
import os
import socket
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from grader.messages.requests import OpenChild
from grader.sandbox.environment import Limits
from grader.sandbox.kernel import syscalls
from grader.sandbox.kernel.rights import die_with_parent
from grader.sandbox.tiers.tier import Tier

_HIGH = 64  # descriptors are moved above this first, so that placing 0 to 4 cannot overwrite one of them
_CHANNEL, _KEPT = 3, 4


def confine_and_serve(tier: Tier, request: OpenChild, fds: Sequence[int], device: str) -> NoReturn:
    """Become a confined child and serve the judge's requests; never returns. `fds`: the channel and the log."""
    try:
        die_with_parent()
        tier.kept_fd = _place_descriptors(fds, tier.kept_fd)
        os.setsid()
        channel = socket.socket(fileno=_CHANNEL)
        folder = tier.confine(request["folder"], Limits(**request["limits"]), device)
        os.environ["HOME"] = folder
        gc.enable()
        from grader.child.serve import serve

        serve(channel, folder, device, workers=tier.loader_workers)
    except BaseException:
        traceback.print_exc()
        os._exit(97)
    os._exit(0)


def _place_descriptors(fds: Sequence[int], kept: int) -> int:
    """Nothing, the log, the channel and what the tier keeps are left open; where that is now, -1 for nothing."""
    channel, log = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH) for fd in fds)
    null = fcntl.fcntl(os.open("/dev/null", os.O_RDWR), fcntl.F_DUPFD_CLOEXEC, _HIGH)
    high = fcntl.fcntl(kept, fcntl.F_DUPFD_CLOEXEC, _HIGH) if kept >= 0 else -1
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(channel, _CHANNEL, inheritable=False)
    if high >= 0:
        os.dup2(high, _KEPT, inheritable=False)
    first_to_close = _CHANNEL + 1 if high < 0 else _KEPT + 1
    if sys.platform == "linux":
        syscalls.close_from(first_to_close)
    else:
        os.closerange(first_to_close, 1024)
    return -1 if high < 0 else _KEPT
