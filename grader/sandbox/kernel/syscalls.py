"""The Linux system calls that the sandbox needs and Python does not offer, through ctypes.
Every function raises OSError with the call's name where the kernel refuses."""

import ctypes
import os
import struct
from collections.abc import Callable
from typing import Any

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET = 0x02000000, 0x04000000, 0x08000000, 0x40000000
# all but users and processes
OTHER_NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET
ALL_NAMESPACES = OTHER_NAMESPACES | CLONE_NEWUSER | CLONE_NEWPID

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 24, 36, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3, _CAPABILITY_SETS = 0x20080522, 24  # bytes: effective, permitted and inheritable, 64 bits each

_CLOSE_RANGE = 436

libc: Any = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def checked(result: int, what: str) -> int:
    """The result of a libc call, or OSError from errno."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *args: Any) -> int:
    """The raw system call; -1 on failure, errno as usual (see `checked`)."""
    ctypes.set_errno(0)
    return int(libc.syscall(number, *args))


def unshare(flags: int) -> None:
    checked(libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    checked(libc.setns(fd, kind), "setns")


def prctl(option: int, argument: int = 0, second: int = 0, what: str = "") -> None:
    arguments = map(ctypes.c_ulong, (argument, second, 0, 0))
    checked(libc.prctl(option, *arguments), what or f"prctl {option}")


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    checked(syscall(_CLOSE_RANGE, ctypes.c_uint(first), ctypes.c_uint(0xFFFFFFFF), 0), "close_range")


def drop_capabilities() -> None:
    """Give up every capability, and the means to gain one again."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one the kernel knows, or no right to touch the bounding set
            break
    prctl(PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0))
    checked(libc.capset(header, bytes(_CAPABILITY_SETS)), "capset")


def write_id_maps(inside: int, uid: int, gid: int, proc_fd: int) -> None:
    """Map this process's new user namespace: `inside` there is `uid`/`gid` outside.
    `proc_fd` is a descriptor of some /proc, for jails in which no /proc of their own can be mounted."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inside} {uid} 1"), ("gid_map", f"{inside} {gid} 1")):
        with os.fdopen(os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc_fd), "w") as file:
            file.write(text)


def run_forked(action: Callable[[], str]) -> tuple[bool, str]:
    """Run `action` in a throw-away child: (True, what it returned) or (False, why it failed)."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, b"+" + action().encode()[:400])
        except BaseException as error:
            os.write(writer, b"-" + str(error).encode()[:400])
        os._exit(0)
    os.close(writer)
    try:
        answer = os.read(reader, 512).decode(errors="replace")
    finally:
        os.close(reader)
        os.waitpid(pid, 0)
    return answer.startswith("+"), answer[1:] if answer else "the dry run died"
