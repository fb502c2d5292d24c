"""No isolation: nothing but resource limits. Fit for one's own code alone, so only ever on demand.
And what other tiers have in common with it in which a submission's processes and files stand among its user's."""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from grader.sandbox.environment import Limits, VisibleFiles
from grader.sandbox.kernel import rights, syscalls
from grader.sandbox.kernel.processes import descendants, sweep
from grader.sandbox.tiers.tier import UNCONFINED, WHY_UNCONFINED, Tier


class SharingUser(Tier):
    """One submission at a time, in a folder that the judge looks after; what it leaves running is searched for."""

    overlaps = False  # none may be there while another one runs
    loader_workers = False

    def make_folder(self, root: Path, number: int) -> Path:
        folder = root / f"submission-{number}"
        folder.mkdir(mode=0o700)
        return folder

    def enter(self, root: str, files: VisibleFiles, *, memory_is_held: bool) -> None:
        os.environ["TMPDIR"] = root

    def before_first_child(self) -> None:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # children share our user

    def fork(self) -> int:
        return os.fork()

    def confine(self, folder: str | None, limits: Limits, device: str) -> str:
        if folder is None:
            raise ValueError("a submission needs a folder of its own here")
        os.chdir(folder)
        os.environ["TMPDIR"] = folder
        rights.limit_self(limits, device)
        return folder

    def end_orphans(self, running: Collection[int]) -> None:
        sweep(running)

    def reap_orphans(self, running: Collection[int]) -> None:
        # A daemon that a submission left is re-parented to us while the submission still runs.
        for pid in descendants([os.getpid()]) - {os.getpid(), *running}:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


class Unconfined(SharingUser):
    name = UNCONFINED

    def dry_run(self, root: str, files: VisibleFiles) -> str:
        return WHY_UNCONFINED


TIER = Unconfined
