"""Resource limits that a child sets itself before it runs a submission."""

import os
import resource
from contextlib import suppress
from pathlib import Path

from grader.sandbox.limits import MIB, Limits


def apply_in_child(limits: Limits, *, cap_address_space: bool) -> None:
    """Resource limits for this process and its children. CUDA reserves address space freely: leave it uncapped."""
    caps = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.disk_mb * MIB,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_STACK: 8 * MIB,
    }
    for name in ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE"):
        if hasattr(resource, name) and cap_address_space:
            caps[getattr(resource, name)] = 0
    if cap_address_space:
        caps[resource.RLIMIT_AS] = address_space() + limits.memory_mb * MIB
    for kind, cap in caps.items():
        _lower(kind, cap)


def cap_processes(limits: Limits, *, others: int) -> None:
    """Cap what this user may run to `others` tasks more than the submission's own limit.

    The kernel counts per user and user namespace: in a namespace of its own `others` is 0, elsewhere it is
    what the user runs already (see `tasks_of_this_user`).
    """
    _lower(resource.RLIMIT_NPROC, limits.processes + others)


def _lower(kind: int, cap: int) -> None:
    _, hard = resource.getrlimit(kind)
    cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
    resource.setrlimit(kind, (cap, cap))


def volunteer_to_be_killed() -> None:
    """Where memory runs out, let the kernel take this process and its children before any other."""
    with suppress(OSError):  # no /proc here: the largest process is taken, and that is the one to blame
        Path("/proc/self/oom_score_adj").write_text("1000")


def address_space() -> int:
    """Bytes of address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no /proc here: a torch process without CUDA maps less than this
        return 4096 * MIB
    return pages * os.sysconf("SC_PAGE_SIZE")
