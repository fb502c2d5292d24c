"""What an isolation tier is."""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from grader.sandbox.limits import Limits
from grader.sandbox.visible_files import VisibleFiles


class Tier(Protocol):
    """One way to keep a submission apart from the judge, from other submissions and from the rest of the machine.

    The launcher, which becomes the zygote, tries it and enters it; a child that the zygote forks confines itself with
    it; the judge has an object of its own and asks only for what it must know of it.
    """

    name: str
    kept_fd: int  # a descriptor that a child needs until it is confined; -1 where it needs none
    overlaps: bool  # the next child may be made while a submission runs, and an ended one need not be waited for
    loader_workers: bool  # data loaders of submissions may start processes

    def make_folder(self, root: Path, number: int) -> Path | None:
        """The judge makes a submission's folder below `root`; None where a child mounts one that only it sees."""

    def dry_run(self, root: str, files: VisibleFiles) -> str:
        """Do all that isolates, in a process that is thrown away: what is weaker here than usual, "" for nothing.

        Raises OSError, or what else fails, where the tier does not hold; the message says why.
        """

    def enter(self, root: str, files: VisibleFiles, *, memory_is_held: bool) -> None:
        """Become the process that forks submissions. `memory_is_held`: a control group counts all that they hold."""

    def before_first_child(self) -> None:
        """Called in the zygote when it has imported everything."""

    def fork(self) -> int:
        """As `os.fork`; the child is confined next."""

    def confine(self, folder: str | None, limits: Limits, device: str) -> str:
        """Restrict this child for good; the folder that it is in from now on. `folder` is what `make_folder` made."""

    def end_orphans(self, running: Collection[int]) -> None:
        """In the zygote, when a child has ended: kill all it left. `running` are the children that go on."""

    def reap_orphans(self, running: Collection[int]) -> None:
        """In the zygote: take the exit status of whatever fell to it beside the children `running`."""
