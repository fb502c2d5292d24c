"""Runs before all else where this folder is in PYTHONPATH: takes away what Windows does not have, and says so.

What the standard library and others need of it, because they see a Unix here, is imported before.
"""

import asyncio  # noqa: F401
import contextlib
import multiprocessing.util  # noqa: F401
import os
import pty  # noqa: F401
import signal
import socket
import subprocess
import sys
from pathlib import Path

with contextlib.suppress(ImportError):
    import platformdirs  # noqa: F401

MODULES = ("fcntl", "resource", "pwd", "grp", "termios")
OF_THE_SANDBOX = ("grader.sandbox.kernel.", "grader.sandbox.zygote")
NAMES = {
    os: ("fork", "forkpty", "setsid", "getuid", "geteuid", "getgid", "getegid", "chown", "killpg", "pipe2", "wait4"),
    signal: ("SIGKILL", "SIGALRM", "SIGCHLD", "setitimer", "pthread_sigmask", "set_wakeup_fd"),
    socket: ("AF_UNIX", "SCM_RIGHTS", "MSG_CTRUNC", "send_fds", "recv_fds", "socketpair"),
}


class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name in MODULES or name.startswith(OF_THE_SANDBOX):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


class SocketOfWindows(socket.socket):
    """The methods that are missing there can't be taken from a class written in C."""

    def __getattribute__(self, name):
        if name in ("sendmsg", "recvmsg", "recvmsg_into"):
            raise AttributeError(name)
        return super().__getattribute__(name)


socket.socket = SocketOfWindows
subprocess.Popen.kill = lambda self: self.send_signal(9)  # whose own words for it are among NAMES
for name in MODULES:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Hiding())
for module, names in NAMES.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)

if "HIDDEN_IN" in os.environ:  # where each process tells whether it was so
    try:
        import fcntl  # noqa: F401

        hidden = False
    except ModuleNotFoundError:
        hidden = not any(hasattr(module, name) for module, names in NAMES.items() for name in names)
    with Path(os.environ["HIDDEN_IN"]).open("a", encoding="utf-8") as file:
        file.write(" ".join([str(hidden), *sys.orig_argv]).replace("\n", " ") + "\n")
