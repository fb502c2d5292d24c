"""The process that the judge starts. It finds the tier that holds, enters it and becomes the zygote, the confined
parent of all submissions: imports torch once, then forks a child for each submission.
It is executed, never forked, so nothing of the judge's memory is in it; its configuration comes over the control
socket, so nothing is in its arguments either. It never runs student code and never reads what a submission sends. A
child confines itself before any student code runs in it."""

import fcntl
import gc
import os
import select
import signal
import socket
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, cast

from grader.child.forking import fork_patiently
from grader.messages.frames import receive_frame, send_frame
from grader.messages.requests import MAX_CONTROL_HEAD, KillChild, OpenChild, SandboxSettings
from grader.model.errors import SandboxFault
from grader.sandbox.environment import Limits, files_of_the_interpreter
from grader.sandbox.kernel import syscalls
from grader.sandbox.kernel.processes import held_bytes
from grader.sandbox.kernel.rights import die_with_parent
from grader.sandbox.tiers.tier import UNCONFINED, Tier, choose
from grader.sandbox.watch import Watch

_WATCH_EVERY_S = 0.05
_ONLY_WATCHED = "memory is watched and not held: no control group can be made here"
_HIGH = 64  # descriptors are moved above this first, so that placing 0 to 4 cannot overwrite one of them
_CHANNEL, _KEPT = 3, 4
_MODULES = {  # what is imported once for all children, and what each of them runs
    "submissions": ("grader.child.warm", "grader.child.serve"),
    "course": ("grader.child.course", "grader.child.course"),
    "authoring": ("grader.authoring.workshop", "grader.authoring.workshop"),
}


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
        tier, why = choose(settings["isolation"], settings["root"], files)
        tier.enter(settings["root"], files, memory_is_held=settings["memory_is_held"])
        prepare, child = _MODULES[settings["serves"]]
        Zygote(control, tier, why, device, child, memory_is_held=settings["memory_is_held"]).run(prepare)
    except (EOFError, ConnectionError):
        os._exit(0)  # the judge is gone
    except BaseException as error:
        what = str(error) if isinstance(error, SandboxFault) else f"{type(error).__name__}: {error}"
        send_frame(control, {"kind": "failed", "reason": what[:2000]})
        os._exit(1)


@dataclass
class _Running:
    pid: int
    watch: Watch
    why_killed: str = ""


class Zygote:
    """Answers the judge's control socket: open a submission's child, kill it, report its end. In a child the module
    `child` serves. `memory_is_held`: the kernel limits the memory that a child's processes hold together."""

    def __init__(
        self, control: socket.socket, tier: Tier, why: str, device: str, child: str, *, memory_is_held: bool
    ) -> None:
        self.control = control
        self.tier = tier
        only_watched = "" if memory_is_held or tier.name == UNCONFINED else _ONLY_WATCHED
        self.why = "; ".join(filter(None, [why, only_watched]))
        self.device = device
        self.child = child
        self.memory_is_held = memory_is_held
        # a tier that leaves a submission among its user's other files and processes is watched whatever holds memory
        self.watched = not (memory_is_held and tier.overlaps)
        self.running: dict[int, _Running] = {}
        self.base_bytes = 0

    def run(self, prepare: str) -> None:
        """Import what the module `prepare` does, say so, and serve until the judge closes the socket."""
        versions: dict[str, str] = import_module(prepare).prepare()
        gc.freeze()  # children then share these pages: 10 MB private memory each instead of 76
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.base_bytes = held_bytes(os.getpid())
        self.tier.before_first_child()
        ready = {"kind": "ready", "tier": self.tier.name, "why": self.why, "versions": versions}
        send_frame(self.control, ready)
        while True:
            timeout = _WATCH_EVERY_S if self.watched and self.running else None
            watched: list[Any] = [self.control, reader]
            ready_to_read, _, _ = select.select(watched, [], [], timeout)
            if reader in ready_to_read:
                os.read(reader, 4096)
                self._reap()
            if self.watched and self.running:
                self._kill_the_greedy()
            if self.control in ready_to_read:
                self._answer()

    def _answer(self) -> None:
        try:
            frame = receive_frame(self.control, max_head=MAX_CONTROL_HEAD, max_blob=0, max_fds=2)
        except (EOFError, OSError):
            os._exit(0)  # the judge is gone; our children die with us
        request = cast(OpenChild | KillChild, frame.head)
        if request["op"] == "open":
            self._open(request, frame.fds)
        elif running := self.running.get(request["number"]):
            os.kill(running.pid, signal.SIGKILL)

    def _open(self, request: OpenChild, fds: tuple[int, ...]) -> None:
        pid = fork_patiently(self.tier.fork)
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            confine_and_serve(self.tier, request, fds, self.device, self.child)
        for fd in fds:
            os.close(fd)
        confined, limits = self.tier.name != UNCONFINED, Limits(**request["limits"])
        watch = Watch(pid, limits, self.base_bytes, request["folder"], confined=confined)
        self.running[request["number"]] = _Running(pid, watch)

    def _reap(self) -> None:
        for number, running in list(self.running.items()):
            pid, status = os.waitpid(running.pid, os.WNOHANG)
            if not pid:
                continue
            del self.running[number]
            self.tier.end_orphans(self._pids())
            send_frame(self.control, {"kind": "exit", "number": number, "status": status, "why": running.why_killed})
        self.tier.reap_orphans(self._pids())

    def _pids(self) -> list[int]:
        return [running.pid for running in self.running.values()]

    def _kill_the_greedy(self) -> None:
        for running in self.running.values():
            excess = running.watch.excess(count_memory=not self.memory_is_held)
            if excess and not running.why_killed:
                running.why_killed = f"the process was killed: it {excess}"
                os.kill(running.pid, signal.SIGKILL)


def confine_and_serve(tier: Tier, request: OpenChild, fds: Sequence[int], device: str, module: str) -> NoReturn:
    """Become a confined child, which `module` serves in. `fds`: the channel and the log. The order matters."""
    try:
        die_with_parent()
        tier.kept_fd = _place_descriptors(fds, tier.kept_fd)
        os.setsid()
        channel = socket.socket(fileno=_CHANNEL)
        folder = tier.confine(request["folder"], Limits(**request["limits"]), device)
        os.environ["HOME"] = folder
        gc.enable()
        import_module(module).serve(channel, folder, device, workers=tier.loader_workers)
    except BaseException:
        traceback.print_exc()
        os._exit(97)
    os._exit(0)


def _place_descriptors(fds: Sequence[int], kept: int) -> int:
    """Nothing, the log, the channel and what the tier keeps are left open; where that is now, -1 for nothing."""
    channel, log = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH) for fd in fds)
    null = fcntl.fcntl(os.open("/dev/null", os.O_RDWR), fcntl.F_DUPFD_CLOEXEC, _HIGH)
    high = fcntl.fcntl(kept, fcntl.F_DUPFD_CLOEXEC, _HIGH) if kept >= 0 else -1
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(channel, _CHANNEL, inheritable=False)
    if high >= 0:
        os.dup2(high, _KEPT, inheritable=False)
    syscalls.close_from(_CHANNEL + 1 if high < 0 else _KEPT + 1)
    return -1 if high < 0 else _KEPT
