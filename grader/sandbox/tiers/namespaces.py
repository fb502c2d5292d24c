"""Namespaces of its own for each submission: users, mounts, processes, network and IPC; a file system of read-only
binds; and a system-call filter behind them."""

import os
import sys
from pathlib import Path

from grader.sandbox.environment import Limits, VisibleFiles
from grader.sandbox.kernel import mounts, rights, seccomp, syscalls
from grader.sandbox.kernel.mounts import SCRATCH, STUDENT_ID, WORK
from grader.sandbox.tiers.tier import Tier

_FIRST_INHERITED = 3  # descriptors after standard input, output and error


class Namespaces(Tier):
    """What a submission leaves running the kernel ends, and its first process reaps, with its pid namespace."""

    name = "namespaces"
    overlaps = True
    loader_workers = True

    def dry_run(self, root: str, files: VisibleFiles) -> str:
        if sys.platform != "linux":
            raise OSError(f"needs Linux, this is {sys.platform}")
        seccomp.assemble(shares_user=False, deny_shared_objects=False)
        _enter_namespaces(root, files)
        holds, answer = syscalls.run_forked(_mount_as_first_process)
        if not holds:
            raise OSError(answer)
        return answer

    def enter(self, root: str, files: VisibleFiles, *, memory_is_held: bool) -> None:
        self.kept_fd = _enter_namespaces(root, files)  # some /proc, for when none can be mounted inside
        first = os.fork()
        if first:
            syscalls.close_from(_FIRST_INHERITED)  # the judge sees by the control socket when its other end is gone
            os.waitpid(first, 0)
            os._exit(1)
        rights.die_with_parent()
        mounts.mount_proc()
        mounts.mount_scratch(SCRATCH, 16)  # some imports want a writable temporary folder
        os.environ["TMPDIR"] = SCRATCH
        self._pid_namespace = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.kept_fd)
        self._filter_program = seccomp.assemble(shares_user=False, deny_shared_objects=not memory_is_held)
        self._devices = files.writable_devices

    def fork(self) -> int:
        # the next fork is process 1 of a pid namespace of its own
        syscalls.setns(self._pid_namespace, syscalls.CLONE_NEWPID)
        syscalls.unshare(syscalls.CLONE_NEWPID)
        pid = os.fork()
        if pid:
            syscalls.setns(self._pid_namespace, syscalls.CLONE_NEWPID)
        return pid

    def confine(self, folder: str | None, limits: Limits, device: str) -> str:
        syscalls.unshare(syscalls.OTHER_NAMESPACES)
        mounts.mount_proc()
        own = [WORK, SCRATCH, "/dev/shm"]
        for path in own:
            mounts.mount_scratch(path, limits.disk_mb)
        os.chdir(WORK)
        os.environ["TMPDIR"] = SCRATCH
        rights.limit_self(limits, device)
        # A user namespace of its own: the process limit is counted per user and user namespace.
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        syscalls.write_id_maps(STUDENT_ID, STUDENT_ID, STUDENT_ID, self.kept_fd)
        os.close(self.kept_fd)
        rights.cap_processes(limits, others=0)
        syscalls.drop_capabilities()
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # or /proc/self belongs to somebody else
        rights.restrict_self(["/"], [*own, *self._devices], self._filter_program)
        return WORK


TIER = Namespaces


def _mount_as_first_process() -> str:
    mounts.mount_proc()
    mounts.mount_scratch(SCRATCH, 1)
    return "" if Path("/proc/self").exists() else "no /proc inside (masked here)"


def _enter_namespaces(root: str, files: VisibleFiles) -> int:
    """Move this process into a file system and into namespaces of its own; its next child is their process 1.
    As root the file system is built with root's rights and the rights are given up before the user namespace is made,
    so that an interpreter below a folder that only root may enter still works inside. Returns a descriptor of a /proc
    that can be used where none can be mounted."""
    uid, gid = os.getuid(), os.getgid()
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    if uid == 0:
        syscalls.unshare(syscalls.CLONE_NEWNS)
        uid = gid = rights.owner_of(root)
        mounts.enter_own_root(root, files)
        rights.give_up_root(uid)
    else:
        syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUSER)
        syscalls.write_id_maps(STUDENT_ID, uid, gid, proc_fd)
        mounts.enter_own_root(root, files)
        uid = gid = STUDENT_ID
    syscalls.unshare(syscalls.ALL_NAMESPACES)
    syscalls.write_id_maps(STUDENT_ID, uid, gid, proc_fd)
    rights.die_with_parent()
    return proc_fd
