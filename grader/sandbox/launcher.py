"""The process that the judge starts: finds the tier that holds, enters it, becomes the zygote.

It is executed, never forked, so nothing of the judge's memory is in it; its configuration comes over the
control socket, so nothing is in its arguments either.
"""

import os
import socket
from pathlib import Path
from typing import cast

from grader.messages.frames import receive_frame, send_frame
from grader.messages.requests import MAX_CONTROL_HEAD, SandboxSettings
from grader.model.errors import SandboxFault
from grader.sandbox.environment import files_of_the_interpreter
from grader.sandbox.kernel.rights import die_with_parent
from grader.sandbox.tiers.tier import choose


def main(fd: int) -> None:
    """Serve as launcher and then zygote on the control socket; never returns."""
    control = socket.socket(fileno=fd)
    try:
        settings = cast(SandboxSettings, receive_frame(control, max_head=MAX_CONTROL_HEAD, max_blob=0).head)
        os.setsid()
        die_with_parent()
        device = settings["device"]
        if device == "auto" and not any(Path("/dev").glob("nvidia[0-9]*")):
            device = "cpu"  # without a device node there is no CUDA, and the limits can be the tighter ones
        package, hidden = Path(__file__).resolve().parents[1], [Path(p) for p in settings["hidden"]]
        files = files_of_the_interpreter(package, hidden, cuda=device != "cpu")
        choice = choose(settings["isolation"], settings["root"], files)
        choice.tier.enter(settings["root"], files, memory_is_held=settings["memory_is_held"])
        from grader.sandbox.zygote import Zygote

        Zygote(control, choice, device, watched=not settings["memory_is_held"]).run()
    except (EOFError, ConnectionError):
        os._exit(0)  # the judge is gone
    except BaseException as error:
        what = str(error) if isinstance(error, SandboxFault) else f"{type(error).__name__}: {error}"
        send_frame(control, {"kind": "failed", "reason": what[:2000]})
        os._exit(1)
