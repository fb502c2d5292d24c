"""What tiers have in common in which a submission's processes and files stand among others of the same user."""

import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from grader.sandbox.kernel import syscalls
from grader.sandbox.kernel.processes import descendants, sweep
from grader.sandbox.visible_files import VisibleFiles


class SharingUser:
    """One submission at a time, in a folder that the judge looks after; what it leaves running is searched for."""

    kept_fd = -1
    overlaps = False  # none may be there while another one runs
    loader_workers = False

    def make_folder(self, root: Path, number: int) -> Path:
        folder = root / f"submission-{number}"
        folder.mkdir(mode=0o700)
        return folder

    def enter(self, root: str, files: VisibleFiles, *, memory_is_held: bool) -> None:
        os.environ["TMPDIR"] = root

    def before_first_child(self) -> None:
        if sys.platform == "linux":
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # children share our user

    def fork(self) -> int:
        return os.fork()

    def end_orphans(self, running: Collection[int]) -> None:
        sweep(running)

    def reap_orphans(self, running: Collection[int]) -> None:
        # A daemon that a submission left is re-parented to us while the submission still runs.
        for pid in descendants([os.getpid()]) - {os.getpid(), *running}:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def work_in(folder: str | None) -> str:
    """Make the folder that the judge made the current and the temporary one."""
    if folder is None:
        raise ValueError("a submission needs a folder of its own here")
    os.chdir(folder)
    os.environ["TMPDIR"] = folder
    return folder
