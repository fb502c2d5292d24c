"""The process that the judge starts: finds the tier that holds, builds the jail, becomes the zygote.

It is executed, never forked, so nothing of the judge's memory is in it; its configuration comes over the
control socket, so nothing is in its arguments either.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any

from grader.messages.frames import receive_frame, send_frame
from grader.model.errors import SandboxFault
from grader.sandbox.kernel import syscalls
from grader.sandbox.tiers import choice as tiers
from grader.sandbox.tiers import namespaces as jail
from grader.sandbox.tiers.choice import Choice, Tier

MAX_CONTROL_HEAD = 1 << 20


def environment() -> dict[str, str]:
    """The clean environment of the zygote and every submission.

    Passive, single OpenMP threads: a fork after a thread pool started would hang its children. A heap of huge pages: a
    fork copies an entry for each page, and torch fills 20,000 small ones.
    """
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "passive",
        "GOMP_SPINCOUNT": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "MPLBACKEND": "agg",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    }


def command(fd: int) -> list[str]:
    """How to start the launcher with its control socket on descriptor `fd`."""
    package_parent = str(Path(__file__).resolve().parents[2])
    code = f"import sys; sys.path.append({package_parent!r}); from grader.sandbox.launcher import main; main({fd})"
    return [sys.executable, "-s", "-P", "-c", code]


def main(fd: int) -> None:
    """Serve as launcher and then zygote on the control socket; never returns."""
    control = socket.socket(fileno=fd)
    try:
        config = receive_frame(control, max_head=MAX_CONTROL_HEAD, max_blob=0).head
        os.setsid()
        tiers.die_with_parent()
        config["device"] = _likely_device(config["device"])
        package, hidden = Path(__file__).resolve().parents[1], [Path(p) for p in config["hidden"]]
        view = jail.interpreter_view(package, hidden, cuda=config["device"] != "cpu")
        choice = tiers.choose(config["isolation"], config["root"], view)
        _enter(choice, control, config, view)
    except (EOFError, ConnectionError):
        os._exit(0)  # the judge is gone
    except BaseException as error:
        _report_failure(control, error)
        os._exit(1)


def _likely_device(wanted: str) -> str:
    # Without a device node there is no CUDA, and the limits can be the tighter ones of "cpu".
    return "cpu" if wanted == "auto" and not any(Path("/dev").glob("nvidia[0-9]*")) else wanted


def _report_failure(control: socket.socket, error: BaseException) -> None:
    what = str(error) if isinstance(error, SandboxFault) else f"{type(error).__name__}: {error}"
    send_frame(control, {"failed": what[:2000]})


def _enter(choice: Choice, control: socket.socket, config: dict[str, Any], view: jail.View) -> None:
    from grader.sandbox.zygote import Zygote

    proc_fd = -1
    if choice.tier is Tier.NAMESPACES:
        proc_fd = tiers.enter_namespaces(config["root"], view)
        first = os.fork()
        if first:
            control.close()
            os.waitpid(first, 0)
            os._exit(1)
        tiers.die_with_parent()
        jail.mount_proc()
        jail.mount_scratch(jail.SCRATCH, 16)  # some imports want a writable temporary folder
        os.environ["TMPDIR"] = jail.SCRATCH
    elif choice.tier is Tier.LANDLOCK:
        if os.getuid() == 0:
            tiers.become(tiers.SANDBOX_UID)
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    if choice.tier is not Tier.NAMESPACES:
        os.environ["TMPDIR"] = config["root"]
    Zygote(control, choice, view, proc_fd, config).run()
