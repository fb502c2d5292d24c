"""Which processes there are and what they hold, as /proc shows them."""

import os
import re
from collections.abc import Iterable
from pathlib import Path


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
