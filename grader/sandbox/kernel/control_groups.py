"""Limits that the kernel holds from outside, where a control group can be made."""

import time
from pathlib import Path

from grader.sandbox.environment import MIB, Limits

_ROOT = Path("/sys/fs/cgroup")
_OWN_MEMORY_MB = 1024  # launcher, zygote and the files they read
_OWN_PROCESSES = 16
_EMPTY_TIMEOUT_S = 10.0


class ControlGroup:
    """Limits that the kernel holds for the sandbox's processes together, where a group can be made.

    The launcher is put into it before it forks, and so everything is in it at no cost later. Where the limit is
    met the kernel kills a submission and not the zygote: submissions ask to be the first (`volunteer_to_be_killed`).
    """

    def __init__(self, name: str) -> None:
        self._folders: list[Path] = []
        self._second_version = (_ROOT / "cgroup.controllers").exists()
        try:
            for parent in (".",) if self._second_version else ("memory", "pids"):
                folder = _ROOT / parent / name
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
            while folder.exists() and time.monotonic() < give_up:
                try:
                    folder.rmdir()
                except OSError:
                    time.sleep(0.005)
        self._folders = []
