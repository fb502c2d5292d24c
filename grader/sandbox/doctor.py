"""What the sandbox can do on this machine, for `grade doctor`."""

from dataclasses import dataclass

from grader.model.errors import SandboxFault, UsageError
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.tiers.tier import AUTO, TIERS, UNCONFINED


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at; `ok` is None where it is neither good nor bad."""

    name: str
    ok: bool | None
    detail: str


def examine(device: str) -> list[Examined]:
    """Try each isolation tier for real, and the device in a sandboxed child of the strongest one."""
    examined = []
    held = used = ""
    for tier in TIERS[: TIERS.index(UNCONFINED)]:
        try:
            with Sandbox(tier, "cpu" if held else device) as sandbox, sandbox.open() as session:
                examined.append(Examined(tier, True, sandbox.why or "holds"))
                held, used = held or tier, used or session.device
        except SandboxFault as fault:
            examined.append(Examined(tier, False, str(fault)))
        except UsageError as error:
            return [Examined("isolation", False, str(error))]
    chosen = f"{held} ({AUTO} takes the strongest)" if held else f"none holds: grading needs --isolation {UNCONFINED}"
    examined.append(Examined("isolation", bool(held), chosen))
    from grader.sandbox.kernel import landlock  # which only Unix has

    examined.append(Examined("kernel", None, f"Landlock version {landlock.abi()}"))
    if held:
        missing = device == "cuda" and used != "cuda"
        detail = "cuda was asked for, but no CUDA device can be used" if missing else used
        examined.append(Examined("device", not missing, detail))
    return examined
