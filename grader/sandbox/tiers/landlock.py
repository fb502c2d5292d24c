"""Where namespaces are refused: the kernel restricts files, TCP and signals, a filter refuses sockets and what reaches
other processes, and submissions run as another user."""

import os
import platform
import sys
from pathlib import Path

from grader.sandbox.environment import Limits, VisibleFiles
from grader.sandbox.kernel import landlock, rights, seccomp, syscalls
from grader.sandbox.kernel.processes import tasks_of_this_user
from grader.sandbox.tiers.none import SharingUser

# Of /proc, what is no other process's: command lines, and what they were started in, are for any reader there.
_OF_PROC = ("cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "sys", "uptime", "version")
_OF_ITSELF = ("cmdline", "comm", "fd", "limits", "maps", "stat", "statm", "status")  # the first process alone
# The kernel counts all that a user runs. Those of a submission are counted by who started whom, see `Watch`; beside
# them, the user's other programs may begin so many more before a submission cannot start any.
_ROOM_FOR_OTHERS = 256
_SEEN = "names, sizes and times of other files can be seen, not what is in them"  # Landlock has no say in `stat`


class Landlock(SharingUser):
    name = "landlock"

    def make_folder(self, root: Path, number: int) -> Path:
        folder = super().make_folder(root, number)
        if os.getuid() == 0:
            owner = root.stat().st_uid
            os.chown(folder, owner, owner)
        return folder

    def dry_run(self, root: str, files: VisibleFiles) -> str:
        if sys.platform != "linux":
            raise OSError(f"needs Linux, this is {sys.platform}")
        if (version := landlock.abi()) < 1:
            raise OSError(f"this kernel ({platform.release()}) has no Landlock")
        rights.give_up_root(rights.owner_of(root))
        for path in files.readable:
            if not os.access(path, os.R_OK):
                raise OSError(f"{path} is out of reach of an ordinary user: install Python and the grader elsewhere")
        program = seccomp.assemble(shares_user=True, deny_shared_objects=True)
        rights.restrict_self(readable_paths(files), [root], program)
        try:
            next(Path("/").iterdir())
        except PermissionError:
            return _SEEN if version >= 6 else f"{_SEEN}; signals are not scoped before Linux 6.12"
        raise OSError("Landlock is in the kernel but does not restrict")

    def enter(self, root: str, files: VisibleFiles, *, memory_is_held: bool) -> None:
        self._others = _ROOM_FOR_OTHERS if os.getuid() else 0
        rights.give_up_root(rights.owner_of(root))
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
        super().enter(root, files, memory_is_held=memory_is_held)
        self._readable, self._devices = readable_paths(files), files.writable_devices
        self._filter_program = seccomp.assemble(shares_user=True, deny_shared_objects=True)

    def confine(self, folder: str | None, limits: Limits, device: str) -> str:
        # our own /proc files are ours only while we are dumpable, and who watches us looks there
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
        folder = super().confine(folder, limits, device)
        rights.cap_processes(limits, others=tasks_of_this_user() + self._others)
        # the folder of this submission alone: it must not reach into that of another one
        rights.restrict_self(self._readable, [folder, *self._devices], self._filter_program)
        return folder


TIER = Landlock


def readable_paths(files: VisibleFiles) -> list[str]:
    """What Landlock lets a submission read: `files`, without what is hidden in them."""
    hidden = [Path(p) for p in files.hidden]
    kept = [str(p) for outer in files.readable for p in landlock.without(Path(outer), hidden)]
    proc = [f"/proc/{name}" for name in (*_OF_PROC, *(f"self/{name}" for name in _OF_ITSELF))]
    return [*kept, *files.devices, *proc, "/lib", "/lib64", "/bin"]
