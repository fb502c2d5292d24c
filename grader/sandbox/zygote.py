"""The jailed parent of all submissions: imports torch once, then forks a child for each submission.

It never runs student code and never reads what a submission sends.
"""

import gc
import os
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any

from grader.messages.frames import Frame, receive_frame, send_frame
from grader.sandbox.confinement import Confinement, confine_and_serve
from grader.sandbox.kernel import orphans, seccomp, syscalls
from grader.sandbox.kernel.limits import MIB, Limits, descendants, held_bytes
from grader.sandbox.tiers.choice import Choice, Tier, readable_paths
from grader.sandbox.tiers.namespaces import View

_WATCH_EVERY_S = 0.05
_MAX_HEAD = 1 << 16


@dataclass(frozen=True)
class _Running:
    pid: int
    limits: Limits


class Zygote:
    """Answers the judge's control socket: open a submission's child, kill it, report its end."""

    def __init__(
        self, control: socket.socket, choice: Choice, view: View, proc_fd: int, config: dict[str, Any]
    ) -> None:
        self.control = control
        self.choice = choice
        self.config = config
        self.running: dict[int, _Running] = {}
        self.watched = not config["control_group"]
        self.pid_namespace = -1
        program = b""
        inside = choice.tier is Tier.NAMESPACES
        if inside:
            self.pid_namespace = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc_fd)
        if choice.tier is not Tier.NONE:
            program = seccomp.assemble(shares_user=not inside, deny_shared_objects=not inside or self.watched)
        readable = tuple(readable_paths(view)) if choice.tier is Tier.LANDLOCK else ("/",)
        self.confinement = Confinement(choice.tier, proc_fd, program, readable, view.devices, config["device"])
        self.base_bytes = 0

    def run(self) -> None:
        """Warm up, say so, and serve until the judge closes the socket."""
        started = time.monotonic()
        versions = self._warm_up()
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.base_bytes = held_bytes(os.getpid())
        if self.choice.tier is not Tier.NAMESPACES and hasattr(os, "pidfd_open"):
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # children share our user here
        ready = {"tier": self.choice.tier, "why": self.choice.why, "versions": versions}
        send_frame(self.control, {"ready": ready, "seconds": time.monotonic() - started})
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

    def _warm_up(self) -> dict[str, str]:
        from grader.child import warm

        versions = warm.prepare()
        gc.collect()
        gc.disable()
        gc.freeze()  # children then share these pages: 10 MB private memory each instead of 76
        return versions

    def _answer(self) -> None:
        try:
            frame = receive_frame(self.control, max_head=_MAX_HEAD, max_blob=0, max_fds=2)
        except (EOFError, OSError):
            os._exit(0)  # the judge is gone; our children die with us
        if "kill" in frame.head:
            running = self.running.get(frame.head["kill"])
            if running:
                os.kill(running.pid, signal.SIGKILL)
            return
        self._open(frame)

    def _open(self, frame: Frame) -> None:
        limits = Limits(**frame.head["limits"])
        inside = self.choice.tier is Tier.NAMESPACES
        if inside:  # the next fork is process 1 of a pid namespace of its own
            syscalls.setns(self.pid_namespace, syscalls.CLONE_NEWPID)
            syscalls.unshare(syscalls.CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            confine_and_serve(self.confinement, frame, limits)
        if inside:
            syscalls.setns(self.pid_namespace, syscalls.CLONE_NEWPID)
        for fd in frame.fds:
            os.close(fd)
        self.running[frame.head["open"]] = _Running(pid, limits)

    def _reap(self) -> None:
        for number, running in list(self.running.items()):
            pid, status, usage = os.wait4(running.pid, os.WNOHANG)
            if not pid:
                continue
            del self.running[number]
            if self.choice.tier is not Tier.NAMESPACES:
                orphans.sweep(other.pid for other in self.running.values())
            send_frame(
                self.control,
                {
                    "exit": number,
                    "status": status,
                    "cpu_s": usage.ru_utime + usage.ru_stime,
                    "peak_mb": usage.ru_maxrss // 1024,
                },
            )
        if self.choice.tier is not Tier.NAMESPACES:
            self._reap_adopted()

    def _reap_adopted(self) -> None:
        # A daemon that a submission left is re-parented to us while the submission still runs.
        ours = {running.pid for running in self.running.values()}
        for pid in descendants([os.getpid()]) - ours - {os.getpid()}:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue

    def _kill_the_greedy(self) -> None:
        # Pages shared with us by copy-on-write count to each process, so ours are taken off each.
        for running in self.running.values():
            held = sum(max(0, held_bytes(pid) - self.base_bytes) for pid in descendants([running.pid]))
            if held > running.limits.memory_mb * MIB:
                os.kill(running.pid, signal.SIGKILL)
