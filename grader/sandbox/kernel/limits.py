"""What a submission may use: resource limits in the child, a control group or a watchdog outside."""

import os
import re
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
_CGROUP_ROOT = Path("/sys/fs/cgroup")
_OWN_MEMORY_MB = 1024  # launcher, zygote and the files they read
_OWN_PROCESSES = 16
_EMPTY_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Limits:
    """Per submission, but for the processor time, which is each process's."""

    memory_mb: int = 2048  # above what the sandbox itself holds
    processes: int = 64  # threads count too
    disk_mb: int = 256
    cpu_s: int = 300
    output_mb: int = 8  # what it may print


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
        _, hard = resource.getrlimit(kind)
        value = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(kind, (value, value))


def cap_processes(limits: Limits, *, others: int) -> None:
    """Cap what this user may run to `others` tasks more than the submission's own limit.

    The kernel counts per user and user namespace: in a namespace of its own `others` is 0, elsewhere it is
    what the user runs already (see `tasks_of_this_user`).
    """
    cap = limits.processes + others
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (cap, cap))


def tasks_of_this_user() -> int:
    """Threads of every process that runs as this process's user."""
    tasks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid == os.getuid():
                tasks += len(list((folder / "task").iterdir()))
        except OSError:  # ended meanwhile
            continue
    return tasks


def volunteer_to_be_killed() -> None:
    """Where memory runs out, let the kernel take this process and its children before any other."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:  # no /proc here: the largest process is taken, and that is the one to blame
        return


def address_space() -> int:
    """Bytes of address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no /proc here: a torch process without CUDA maps less than this
        return 4096 * MIB
    return pages * os.sysconf("SC_PAGE_SIZE")


def held_bytes(pid: int) -> int:
    """Resident memory of a process that no file on a disk backs, what it shares with others too; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return sum(int(kib) << 10 for kib in re.findall(r"^Rss(?:Anon|Shmem):\s*(\d+) kB$", status, re.MULTILINE))


def children_by_parent() -> dict[int, list[int]]:
    """Every process that /proc shows, under its parent; nothing on systems without /proc."""
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text(errors="replace")
        except OSError:  # ended meanwhile
            continue
        found.setdefault(int(status.rsplit(")", 1)[1].split()[1]), []).append(int(folder.name))
    return found


def descendants(roots: Iterable[int]) -> set[int]:
    """The given processes and all below them."""
    below, waiting, seen = children_by_parent(), list(roots), set[int]()
    while waiting:
        pid = waiting.pop()
        if pid not in seen:
            seen.add(pid)
            waiting += below.get(pid, [])
    return seen


class ControlGroup:
    """Limits that the kernel holds for the sandbox's processes together, where a group can be made.

    The launcher is put into it before it forks, and so everything is in it at no cost later. Where the limit is
    met the kernel kills a submission and not the zygote: submissions ask to be the first (`volunteer_to_be_killed`).
    """

    def __init__(self, name: str) -> None:
        self._folders: list[Path] = []
        self._second_version = (_CGROUP_ROOT / "cgroup.controllers").exists()
        try:
            for parent in (".",) if self._second_version else ("memory", "pids"):
                folder = _CGROUP_ROOT / parent / name
                folder.mkdir()
                self._folders.append(folder)
            self.set(Limits())
        except OSError:
            self.remove()

    def set(self, limits: Limits) -> None:
        """Hold `limits` from now on, beside what the sandbox needs for itself."""
        memory = "memory.max" if self._second_version else "memory.limit_in_bytes"
        (self._folders[0] / memory).write_text(str((limits.memory_mb + _OWN_MEMORY_MB) * MIB))
        (self._folders[-1] / "pids.max").write_text(str(limits.processes + _OWN_PROCESSES))

    @property
    def held(self) -> bool:
        return bool(self._folders)

    def add(self, pid: int) -> None:
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def remove(self) -> None:
        """Delete the group; the kernel may take a moment to see its processes gone, more on a busy machine."""
        give_up = time.monotonic() + _EMPTY_TIMEOUT_S
        for folder in self._folders:
            while time.monotonic() < give_up:
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.005)
                else:
                    break
        self._folders = []
