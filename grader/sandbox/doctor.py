"""What the sandbox can do on this machine, for `grade doctor`."""

from dataclasses import dataclass

from grader.model.errors import SandboxFault
from grader.sandbox.kernel import landlock
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.tiers.choice import Tier


@dataclass(frozen=True)
class Finding:
    """One thing that was examined; `ok` is None where it is neither good nor bad."""

    name: str
    ok: bool | None
    detail: str


def examine(device: str) -> list[Finding]:
    """Try each isolation tier for real, and the device in a sandboxed child of the strongest one."""
    findings = []
    held: Tier | None = None
    for tier in (Tier.NAMESPACES, Tier.LANDLOCK):
        try:
            with Sandbox(tier, "cpu") as sandbox, sandbox.open():
                detail = sandbox.why or "holds"
        except SandboxFault as fault:
            findings.append(Finding(tier, False, str(fault)))
            continue
        findings.append(Finding(tier, True, detail))
        held = held or tier
    chosen = f"{held} (auto takes the strongest)" if held else "none holds: grading needs --isolation none"
    findings.append(Finding("isolation", held is not None, chosen))
    findings.append(Finding("kernel", None, f"Landlock version {landlock.abi()}"))
    if held is not None:
        findings.append(_device(held, device))
    return findings


def _device(tier: Tier, wanted: str) -> Finding:
    with Sandbox(tier, wanted) as sandbox, sandbox.open() as session:
        missing = wanted == "cuda" and session.device != "cuda"
        detail = "cuda was asked for, but no CUDA device can be used" if missing else session.device
        return Finding("device", not missing, detail)
