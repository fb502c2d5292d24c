"""Which isolation holds on this machine: found by a full dry run in a throw-away child, never by guessing.

1. namespaces: own users, mounts, processes, network and IPC; a file system of read-only binds.
2. landlock: file access, TCP and signals restricted by the kernel, a system-call filter, another user.
3. none: nothing but resource limits; only ever on demand.
"""

import os
import platform
import resource
import signal
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.model.errors import SandboxFault
from grader.sandbox.kernel import landlock, seccomp, syscalls
from grader.sandbox.tiers import namespaces as jail

SANDBOX_UID = 62_931  # root drops to it; any number that no account uses


class Tier(StrEnum):
    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    NONE = "none"


@dataclass(frozen=True)
class Choice:
    tier: Tier
    why: str  # why not a stronger one, or what is weaker than usual


def choose(wanted: str, root: str, view: jail.View) -> Choice:
    """The tier to use for `wanted` (auto, namespaces, landlock, none).

    Raises SandboxFault, with the reason and what to do, where the wanted one does not hold here.
    """
    if wanted == Tier.NONE:
        return Choice(Tier.NONE, "asked for: submissions run with your rights")
    reasons: list[str] = []
    for tier, dry_run in ((Tier.NAMESPACES, _dry_run_namespaces), (Tier.LANDLOCK, _dry_run_landlock)):
        if wanted not in ("auto", tier):
            continue
        holds, answer = dry_run(root, view)
        if holds:
            return Choice(tier, "; ".join([*reasons, answer] if answer else reasons))
        reasons.append(f"{tier}: {answer}")
    raise SandboxFault(
        f"no isolation holds here ({'; '.join(reasons)}); "
        "run on Linux with user namespaces or Landlock, or accept the risk with --isolation none"
    )


def _dry_run_namespaces(root: str, view: jail.View) -> tuple[bool, str]:
    if sys.platform != "linux":
        return False, f"needs Linux, this is {sys.platform}"

    def enter_and_mount() -> str:
        enter_namespaces(root, view)
        holds, answer = syscalls.run_forked(_mount_as_first_process)
        if not holds:
            raise OSError(answer)
        return answer

    return syscalls.run_forked(enter_and_mount)


def _mount_as_first_process() -> str:
    jail.mount_proc()
    jail.mount_scratch(jail.SCRATCH, 1)
    return "" if Path("/proc/self").exists() else "no /proc inside (masked here)"


def enter_namespaces(root: str, view: jail.View) -> int:
    """Move this process into the jail and into namespaces of its own; its next child is their process 1.

    As root the jail is built with root's rights and the rights are given up before the user namespace is
    made, so that an interpreter below a folder that only root may enter still works inside.
    Returns a descriptor of a /proc that can be used where none can be mounted.
    """
    uid, gid = os.getuid(), os.getgid()
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    if uid == 0:
        syscalls.unshare(syscalls.CLONE_NEWNS)
        jail.enter(root, view)
        become(SANDBOX_UID)
        uid = gid = SANDBOX_UID
    else:
        syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUSER)
        syscalls.write_id_maps(jail.STUDENT_ID, uid, gid, proc_fd)
        jail.enter(root, view)
        uid = gid = jail.STUDENT_ID
    syscalls.unshare(syscalls.ALL_NAMESPACES)
    syscalls.write_id_maps(jail.STUDENT_ID, uid, gid, proc_fd)
    die_with_parent()
    return proc_fd


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


def _dry_run_landlock(root: str, view: jail.View) -> tuple[bool, str]:
    if sys.platform != "linux":
        return False, f"needs Linux, this is {sys.platform}"
    if landlock.abi() < 1:
        return False, f"this kernel ({platform.release()}) has no Landlock"

    def confine() -> str:
        if os.getuid() == 0:
            become(SANDBOX_UID)
        _check_reachable(view)
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        landlock.restrict_self(landlock.create_ruleset(readable_paths(view), [root]))
        seccomp.install(seccomp.assemble(shares_user=True, deny_shared_objects=True))
        try:
            next(Path("/").iterdir())
        except PermissionError:
            return "" if landlock.abi() >= 6 else "signals are not scoped before Linux 6.12"
        raise OSError("Landlock is in the kernel but does not restrict")

    return syscalls.run_forked(confine)


def _check_reachable(view: jail.View) -> None:
    for path in view.readable:
        if not os.access(path, os.R_OK):
            raise OSError(f"{path} is out of reach of an ordinary user: install Python and the grader elsewhere")


def readable_paths(view: jail.View) -> list[str]:
    """What Landlock lets a submission read: the view, without what is hidden in it."""
    hidden = [Path(p) for p in view.hidden]
    kept = [str(p) for outer in view.readable for p in landlock.without(Path(outer), hidden)]
    return [*kept, *view.devices, "/proc", "/lib", "/lib64", "/bin"]
