"""What a process gives up for good: root's rights, files, system calls, resources."""

import os
import resource
import secrets
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from grader.sandbox.environment import MIB, Limits
from grader.sandbox.kernel import landlock, seccomp, syscalls

_UIDS = range(61_200, 65_500)  # those that systems give away for as long as something runs


def unused_uid() -> int:
    """A user to drop to, for one run alone: the kernel counts processes, pipes and more for each user."""
    taken = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile
            taken.add(folder.stat().st_uid)
    return secrets.choice([uid for uid in _UIDS if uid not in taken])


def owner_of(folder: str) -> int:
    """The user that the judge gave `folder` to; never root."""
    return Path(folder).stat().st_uid or unused_uid()


def give_up_root(uid: int) -> None:
    """Become another user where this one is root."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # changing user reset it; without, /proc/self stays root's
        die_with_parent()


def die_with_parent() -> None:
    """Be killed when the parent ends. Changes of user and of user namespace reset it, so call it again after."""
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def restrict_self(readable: Iterable[str], writable: Iterable[str], filter_program: bytes) -> None:
    """Leave this process and all it starts these files and system calls, with Landlock where the kernel has it."""
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if landlock.abi():
        landlock.restrict_self(readable, writable)
    seccomp.install(filter_program)
    die_with_parent()  # reset by what a child gives up before this


def limit_self(limits: Limits, device: str) -> None:
    """Resource limits for this process and its children, of which the kernel takes the first where memory runs out."""
    with suppress(OSError):  # no /proc here: the largest process is taken, and that is the one to blame
        Path("/proc/self/oom_score_adj").write_text("1000")
    caps = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.disk_mb * MIB,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_STACK: 8 * MIB,
    }
    if device == "cpu":  # CUDA reserves address space freely
        caps[resource.RLIMIT_AS] = address_space() + limits.memory_mb * MIB
        known = (name for name in ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE") if hasattr(resource, name))
        caps |= {getattr(resource, name): 0 for name in known}
    for kind, cap in caps.items():
        _lower(kind, cap)


def cap_processes(limits: Limits, *, others: int) -> None:
    """Cap what this user may run to `others` tasks more than the submission's own limit.
    The kernel counts per user and user namespace: in a namespace of its own `others` is 0, elsewhere it is what the
    user runs already (see `tasks_of_this_user`)."""
    _lower(resource.RLIMIT_NPROC, limits.processes + others)


def _lower(kind: int, cap: int) -> None:
    _, hard = resource.getrlimit(kind)
    cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
    resource.setrlimit(kind, (cap, cap))


def address_space() -> int:
    """Bytes of address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no /proc here: a torch process without CUDA maps less than this
        return 4096 * MIB
    return pages * os.sysconf("SC_PAGE_SIZE")
