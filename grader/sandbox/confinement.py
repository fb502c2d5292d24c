"""What a forked child does to itself before any student code runs in it. The order matters."""

import fcntl
import gc
import os
import resource
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from typing import NoReturn

from grader.messages.frames import Frame
from grader.sandbox.kernel import landlock, limits, seccomp, syscalls
from grader.sandbox.tiers import namespaces as jail
from grader.sandbox.tiers.choice import Tier

_HIGH = 64  # descriptors are moved above this first, so that placing 0 to 4 cannot overwrite one of them
_CHANNEL, _PROC = 3, 4


@dataclass(frozen=True)
class Confinement:
    """What the zygote prepared once for all its children."""

    tier: Tier
    proc_fd: int
    filter_program: bytes
    readable: tuple[str, ...]  # what Landlock lets every child read
    devices: tuple[str, ...]
    device: str


def confine_and_serve(confinement: Confinement, frame: Frame, allowed: limits.Limits) -> NoReturn:
    """Become a confined child and serve the judge's requests; never returns."""
    try:
        if sys.platform == "linux":
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        proc_fd = _place_descriptors(confinement, frame)
        os.setsid()
        channel = socket.socket(fileno=_CHANNEL)
        folder = frame.head["folder"]
        if confinement.tier is Tier.NAMESPACES:
            folder = jail.WORK
            _own_namespaces(allowed)
        os.chdir(folder)
        _volunteer(confinement.tier)
        _restrict(confinement, allowed, folder, proc_fd)
        _clean_environment(confinement.tier, folder)
        gc.enable()
        from grader.child.serve import serve

        serve(channel, folder, confinement.device, workers=confinement.tier is Tier.NAMESPACES)
    except BaseException:
        traceback.print_exc()
        os._exit(97)
    os._exit(0)


def _place_descriptors(confinement: Confinement, frame: Frame) -> int:
    channel, log = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH) for fd in frame.fds)
    null = fcntl.fcntl(os.open("/dev/null", os.O_RDWR), fcntl.F_DUPFD_CLOEXEC, _HIGH)
    proc = fcntl.fcntl(confinement.proc_fd, fcntl.F_DUPFD_CLOEXEC, _HIGH) if confinement.proc_fd >= 0 else -1
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(channel, _CHANNEL, inheritable=False)
    if proc >= 0:
        os.dup2(proc, _PROC, inheritable=False)
    first_to_close = _PROC if proc < 0 else _PROC + 1
    if sys.platform == "linux":
        syscalls.close_from(first_to_close)
    else:
        os.closerange(first_to_close, 1024)
    return -1 if proc < 0 else _PROC


def _own_namespaces(allowed: limits.Limits) -> None:
    syscalls.unshare(
        syscalls.CLONE_NEWNS
        | syscalls.CLONE_NEWNET
        | syscalls.CLONE_NEWIPC
        | syscalls.CLONE_NEWUTS
        | syscalls.CLONE_NEWCGROUP
    )
    jail.mount_proc()
    for folder in (jail.WORK, jail.SCRATCH, "/dev/shm"):
        jail.mount_scratch(folder, allowed.disk_mb)


def _volunteer(tier: Tier) -> None:
    if tier is Tier.LANDLOCK:  # our own /proc files are ours only while we are dumpable
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    limits.volunteer_to_be_killed()
    if tier is Tier.LANDLOCK:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)


def _restrict(confinement: Confinement, allowed: limits.Limits, folder: str, proc_fd: int) -> None:
    tier = confinement.tier
    limits.apply_in_child(allowed, cap_address_space=confinement.device == "cpu")
    if tier is Tier.NAMESPACES:
        # A user namespace of its own: the process limit is counted per user and user namespace.
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        syscalls.write_id_maps(jail.STUDENT_ID, jail.STUDENT_ID, jail.STUDENT_ID, proc_fd)
        os.close(proc_fd)
    if tier is Tier.NONE:
        return
    limits.cap_processes(allowed, others=0 if tier is Tier.NAMESPACES else limits.tasks_of_this_user())
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if tier is Tier.NAMESPACES:
        syscalls.drop_capabilities()
    if landlock.abi():
        # of this submission alone: it must not reach into the folder of another one
        writable = [folder, *([jail.SCRATCH, "/dev/shm"] if tier is Tier.NAMESPACES else [])]
        devices = [device for device in confinement.devices if "random" not in device]
        ruleset = landlock.create_ruleset(confinement.readable, [*writable, *devices])
        landlock.restrict_self(ruleset)
        os.close(ruleset)
    seccomp.install(confinement.filter_program)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)  # reset by the changes above
    if tier is Tier.NAMESPACES:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # or /proc/self belongs to somebody else
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _clean_environment(tier: Tier, folder: str) -> None:
    os.environ["HOME"] = folder
    os.environ["TMPDIR"] = jail.SCRATCH if tier is Tier.NAMESPACES else folder
