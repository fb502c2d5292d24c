"""Which processes there are and what they hold, as /proc shows them; what they may hold together, by a control group;
and how to be rid of them where no pid namespace is that ends with its first one."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from grader.sandbox.environment import MIB, Limits

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_OWN_MEMORY_MB = 1024  # launcher, zygote and the files they read
_OWN_PROCESSES = 16
_EMPTY_TIMEOUT_S = 10.0
_SCOPE_TIMEOUT_S = 5.0
# in use, swapped out, and the tables of its pages
_HELD = re.compile(r"^(?:Rss(?:Anon|Shmem)|Vm(?:Swap|PTE)):\s*(\d+) kB$", re.MULTILINE)


def held_bytes(pid: int) -> int:
    """Memory of a process that no file on a disk backs, what it shares with others too; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return sum(int(kib) << 10 for kib in _HELD.findall(status))


def children_by_parent() -> dict[int, list[int]]:
    """Every process that /proc shows, under its parent; nothing on systems without /proc."""
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile
            status = (folder / "stat").read_text(errors="replace")
            found.setdefault(int(status.rsplit(")", 1)[1].split()[1]), []).append(int(folder.name))
    return found


def descendants(roots: Iterable[int]) -> set[int]:
    """The given processes and all below them."""
    below, found = children_by_parent(), set(roots)
    while more := {child for pid in found for child in below.get(pid, [])} - found:
        found |= more
    return found


def tasks_of_this_user() -> int:
    """Threads of every process that runs as this process's user."""
    tasks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile
            if folder.stat().st_uid == os.getuid():
                tasks += len(list((folder / "task").iterdir()))
    return tasks


def sweep(keep: Iterable[int], give_up_s: float = 10.0) -> None:
    """Kill every descendant of this process but `keep`; this process must be their subreaper.
    All are stopped first, to a fixpoint: a stopped process cannot fork, and it still counts against the process limit,
    so a fork bomb cannot outrun the sweep. Listing /proc is not atomic: two clean passes."""
    me, kept = os.getpid(), set(keep)
    deadline = time.monotonic() + give_up_s
    while time.monotonic() < deadline:
        stopped: set[int] = set()
        clean_passes = 0
        while clean_passes < 2 and time.monotonic() < deadline:
            fresh = descendants([me]) - descendants(kept) - {me} - stopped
            clean_passes = 0 if fresh else clean_passes + 1
            _signal_all(fresh, signal.SIGSTOP)
            stopped |= fresh
        if not stopped:
            return
        _signal_all(stopped, signal.SIGKILL)
        _reap(stopped, time.monotonic() + 1.0)


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _reap(pids: set[int], deadline: float) -> None:
    waiting = set(pids)
    while waiting and time.monotonic() < deadline:
        for pid in sorted(waiting):
            with suppress(ChildProcessError):  # not ours yet: its own parent is dying first
                waiting.discard(os.waitpid(pid, os.WNOHANG)[0])
        waiting &= descendants([os.getpid()])
        time.sleep(0.002)


class ControlGroup:
    """Limits that the kernel holds for the sandbox's processes together, where a group can be made: by root, or by the
    user's systemd, which runs a command in a group where the command begins with `prefix`.
    The launcher is put into it before it forks, and so everything is in it at no cost later. Where the limit is met the
    kernel kills a submission and not the zygote: submissions ask to be the first (`limit_self`)."""

    def __init__(self, name: str) -> None:
        self._folders: list[Path] = []
        self._second_version = (_CONTROL_GROUPS / "cgroup.controllers").exists()
        try:
            for parent in (".",) if self._second_version else ("memory", "pids"):
                folder = _CONTROL_GROUPS / parent / name
                folder.mkdir()
                self._folders.append(folder)
            self.set(Limits())
        except OSError:
            self.remove()
        self.prefix = [] if self._folders or not self._second_version else _scope(name)
        self.held = bool(self._folders or self.prefix)

    def set(self, limits: Limits) -> None:
        """Hold `limits` from now on, beside what the sandbox needs for itself."""
        if not self._folders:
            return  # a scope keeps its own, which are those that every submission is given
        memory = "memory.max" if self._second_version else "memory.limit_in_bytes"
        (self._folders[0] / memory).write_text(str(_memory(limits)))
        (self._folders[-1] / "pids.max").write_text(str(_processes(limits)))

    def add(self, pid: int) -> None:
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def remove(self) -> None:
        """Delete the group; the kernel may take a moment to see its processes gone, more on a busy machine."""
        give_up = time.monotonic() + _EMPTY_TIMEOUT_S
        for folder in self._folders:
            while folder.exists() and time.monotonic() < give_up:
                try:
                    folder.rmdir()
                except OSError:
                    time.sleep(0.005)
        self._folders = []


def _memory(limits: Limits) -> int:
    return (limits.memory_mb + _OWN_MEMORY_MB) * MIB


def _processes(limits: Limits) -> int:
    return limits.processes + _OWN_PROCESSES


def _scope(name: str) -> list[str]:
    """What a command must begin with to run under these limits as systemd holds them; nothing where it does not: it is
    tried, with a descriptor that is passed on and with the group looked at from inside."""
    if "XDG_RUNTIME_DIR" not in os.environ or not shutil.which("systemd-run"):
        return []
    limits = Limits()
    held = {"Delegate": "yes", "MemoryMax": _memory(limits), "TasksMax": _processes(limits)}
    prefix = ["systemd-run", "--user", "--scope", "--quiet", "--collect", *(f"-p{key}={held[key]}" for key in held)]
    reader, writer = os.pipe()
    look = f'cat "{_CONTROL_GROUPS}$(sed -n s/^0:://p /proc/self/cgroup)/memory.max" >/proc/self/fd/{writer}'
    with os.fdopen(reader) as answer:
        try:
            command = [*prefix, f"--unit={name}-trial", "env", "-i", "sh", "-c", look]
            subprocess.run(command, pass_fds=[writer], stderr=subprocess.DEVNULL, timeout=_SCOPE_TIMEOUT_S, check=True)
        except (OSError, subprocess.SubprocessError):
            return []
        finally:
            os.close(writer)
        holds = answer.read().strip() == str(held["MemoryMax"])
    return [*prefix, f"--unit={name}", "env", "-i"] if holds else []
