"""What a submission's processes hold together, as /proc shows it: looked at again and again where nothing counts it."""

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from os import stat_result
from pathlib import Path

from grader.sandbox.environment import MIB, Limits
from grader.sandbox.kernel.mounts import SCRATCH, WORK
from grader.sandbox.kernel.processes import descendants, held_bytes

_IN_A_SOCKET = 212_992  # bytes that lie in it unread, as Linux has it; the system-call filter refuses more
_IN_A_PIPE = 65_536
_HIDDEN_FOR_S = 1.0  # what cannot be looked into: a child that is not confined yet is soon over
_MAPS_EVERY_S = 0.25

_Object = tuple[int, int]  # a device and a number on it: several processes may hold the same one


class Watch:
    """Over the process `first` and all below it. `shared_bytes` is what each of them shares with its parent.

    `folder` is where they may write to a file system that others use too; `confined`: they are somebody else's.
    """

    def __init__(self, first: int, limits: Limits, shared_bytes: int, folder: str | None, *, confined: bool) -> None:
        self._confined = confined
        self._first, self._limits, self._shared, self._folder = first, limits, shared_bytes, folder
        self._hidden: dict[int, float] = {}
        self._maps_seen = 0.0

    def excess(self, *, count_memory: bool) -> str:
        """What is too much, in words for the student; "" where nothing is."""
        limits, pids = self._limits, descendants([self._first])
        memory, excess = self._look_into(pids) if self._confined else (0, "")
        memory += sum(max(0, held_bytes(pid) - self._shared) for pid in pids)
        if count_memory and memory > limits.memory_mb * MIB:
            return f"held more than {limits.memory_mb} MB of memory"
        return excess

    def _look_into(self, pids: set[int]) -> tuple[int, str]:
        """Memory in what they have open, and what else is too much."""
        limits, now = self._limits, time.monotonic()
        memory, files = self._nameless(pids)
        self._hidden = {pid: since for pid, since in self._hidden.items() if pid in pids}
        excess = ""
        if sum(map(_tasks, pids)) > limits.processes + 1:  # the first one has no part in it
            excess = f"started more than {limits.processes} processes and threads"
        elif (folder := self._folder) and (
            sum(files.values()) > limits.disk_mb * MIB or self._maps_nameless_files(folder, pids, files)
        ):
            excess = f"wrote more than {limits.disk_mb} MB of files, some of them deleted and still open"
        elif any(now - since > _HIDDEN_FOR_S for since in self._hidden.values()):
            excess = "hid what it holds"
        return sum(memory.values()) + (0 if self._folder else _in_own_file_systems(self._first)), excess

    def _nameless(self, pids: set[int]) -> tuple[dict[_Object, int], dict[_Object, int]]:
        """Sockets and pipes with what may lie in them, and files without a name with what they take up."""
        memory, files = dict[_Object, int](), dict[_Object, int]()
        for pid in pids:
            try:
                found = list(_open(pid))
            except PermissionError:
                if "VmSize:" in _read(pid, "status"):  # it has not ended yet
                    self._hidden.setdefault(pid, time.monotonic())
                continue
            except OSError:  # ended meanwhile
                continue
            self._hidden.pop(pid, None)
            for state in found:
                kind, what = stat.S_IFMT(state.st_mode), (state.st_dev, state.st_ino)
                if kind in (stat.S_IFSOCK, stat.S_IFIFO):
                    memory[what] = _IN_A_SOCKET if kind == stat.S_IFSOCK else _IN_A_PIPE
                elif kind == stat.S_IFREG and not state.st_nlink:
                    files[what] = state.st_blocks * 512
        return memory, files

    def _maps_nameless_files(self, folder: str, pids: set[int], known: dict[_Object, int]) -> bool:
        """Whether a deleted file is in nobody's descriptors but in memory: nothing tells how large it is."""
        if time.monotonic() - self._maps_seen < _MAPS_EVERY_S:
            return False
        self._maps_seen = time.monotonic()
        numbers = {number for _, number in known}
        deleted = re.compile(rf"^\S+ \S+ \S+ \S+ (\d+) +{re.escape(folder)}/.* \(deleted\)$", re.MULTILINE)
        return any(int(number) not in numbers for pid in pids for number in deleted.findall(_read(pid, "maps")))


def _open(pid: int) -> Iterator[stat_result]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield descriptor.stat()
        except FileNotFoundError:  # closed meanwhile
            continue


def _in_own_file_systems(pid: int) -> int:
    """What lies in files that are memory, where a submission has such file systems for itself."""
    used = 0
    for folder in (WORK, SCRATCH, "/dev/shm"):
        with suppress(OSError):  # ended meanwhile, or not confined yet
            state = os.statvfs(f"/proc/{pid}/root{folder}")
            used += (state.f_blocks - state.f_bfree) * state.f_frsize
    return used


def _tasks(pid: int) -> int:
    found = re.search(r"^Threads:\s*(\d+)$", _read(pid, "status"), re.MULTILINE)
    return int(found[1]) if found else 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:  # ended meanwhile, or hidden: its descriptors tell
        return ""
