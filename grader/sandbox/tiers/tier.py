"""What an isolation tier is, and which of them holds here: found by a full dry run in a throw-away process.
The table holds names alone, so that the command line can offer them without importing what only Linux has."""

from collections.abc import Collection
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, get_args

from grader.model.errors import SandboxFault
from grader.sandbox.environment import Limits, VisibleFiles

TierName = Literal["namespaces", "landlock", "none"]  # the strongest first; each is a module here, its class TIER
TIERS: tuple[TierName, ...] = get_args(TierName)
UNCONFINED: Literal["none"] = "none"  # only where it is asked for
WHY_UNCONFINED = "asked for: submissions run with your rights"
AUTO: Literal["auto"] = "auto"  # the strongest of the others that holds
ANY: Literal["any"] = "any"  # the strongest that holds, "none" too: for code that would run here in any case
Isolation = Literal["auto", TierName]


class Tier(Protocol):
    """One way to keep a submission apart from the judge, from other submissions and from the rest of the machine.
    The launcher, which becomes the zygote, tries it and enters it; a child that the zygote forks confines itself with
    it; the judge has an object of its own and asks only for what it must know of it."""

    name: str
    kept_fd: int = -1  # a descriptor that a child needs until it is confined; -1 where it needs none
    overlaps: bool  # the next child may be made while a submission runs, and an ended one need not be waited for
    loader_workers: bool  # data loaders of submissions may start processes

    def make_folder(self, root: Path, number: int) -> Path | None:
        """The judge makes a submission's folder below `root`; None where a child mounts one that only it sees."""

    def dry_run(self, root: str, files: VisibleFiles) -> str:
        """Do all that isolates, in a process that is thrown away: what is weaker here than usual, "" for nothing.
        Raises OSError, or what else fails, where the tier does not hold; the message says why."""

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


def new_tier(name: str) -> Tier:
    tier: Tier = import_module(f"{__package__}.{name}").TIER()
    return tier


def choose(wanted: str, root: str, files: VisibleFiles) -> tuple[Tier, str]:
    """The tier to use for `wanted`, which is "auto", "any" or a tier's name; `root` is an empty folder. And why not a
    stronger one, or what is weaker than usual.
    Raises SandboxFault, with the reason and what to do, where the wanted one does not hold here."""
    from grader.sandbox.kernel.syscalls import run_forked

    reasons: list[str] = []
    several = {AUTO: [name for name in TIERS if name != UNCONFINED], ANY: TIERS}
    for name in several.get(wanted, [wanted]):
        tier = new_tier(name)
        holds, answer = run_forked(partial(tier.dry_run, root, files))
        if holds:
            return tier, "; ".join([*reasons, answer] if answer else reasons)
        reasons.append(f"{name}: {answer}")
    raise SandboxFault(
        f"no isolation holds here ({'; '.join(reasons)}); "
        f"run on Linux with user namespaces or Landlock, or accept the risk with --isolation {UNCONFINED}"
    )
