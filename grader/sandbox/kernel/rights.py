"""Giving up rights for good: root's, files, system calls."""

import os
import resource
import signal
import sys
from collections.abc import Iterable

from grader.sandbox.kernel import landlock, seccomp, syscalls

SANDBOX_UID = 62_931  # root drops to it; any number that no account uses


def become(uid: int) -> None:
    """Give up root for good."""
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
    """Leave this process and all it starts these files and system calls, with Landlock where the kernel has it.

    Needs no_new_privs.
    """
    if landlock.abi():
        landlock.restrict_self(readable, writable)
    seccomp.install(filter_program)
    die_with_parent()  # reset by what a child gives up before this
