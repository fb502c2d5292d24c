"""The table of tiers, and which of them holds on this machine: found by a full dry run in a throw-away process.

The table holds names alone, so that the command line can offer them without importing what only Linux has.
"""

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

from grader.model.errors import SandboxFault

if TYPE_CHECKING:
    from grader.sandbox.tiers.tier import Tier
    from grader.sandbox.visible_files import VisibleFiles

TierName = Literal["namespaces", "landlock", "none"]  # the strongest first; each is a module here, its class TIER
TIERS: tuple[TierName, ...] = get_args(TierName)
UNCONFINED: Literal["none"] = "none"  # only where it is asked for
WHY_UNCONFINED = "asked for: submissions run with your rights"
AUTO: Literal["auto"] = "auto"  # the strongest of the others that holds
Isolation = Literal["auto", TierName]


@dataclass(frozen=True)
class Choice:
    tier: "Tier"
    why: str  # why not a stronger one, or what is weaker than usual


def new_tier(name: str) -> "Tier":
    tier: Tier = import_module(f"{__package__}.{name}").TIER()
    return tier


def choose(wanted: str, root: str, files: "VisibleFiles") -> Choice:
    """The tier to use for `wanted`, which is "auto" or a tier's name; `root` is an empty folder.

    Raises SandboxFault, with the reason and what to do, where the wanted one does not hold here.
    """
    from grader.sandbox.kernel.syscalls import run_forked

    reasons: list[str] = []
    for name in [name for name in TIERS if name != UNCONFINED] if wanted == AUTO else [wanted]:
        tier = new_tier(name)
        holds, answer = run_forked(partial(tier.dry_run, root, files))
        if holds:
            return Choice(tier, "; ".join([*reasons, answer] if answer else reasons))
        reasons.append(f"{name}: {answer}")
    raise SandboxFault(
        f"no isolation holds here ({'; '.join(reasons)}); "
        f"run on Linux with user namespaces or Landlock, or accept the risk with --isolation {UNCONFINED}"
    )
