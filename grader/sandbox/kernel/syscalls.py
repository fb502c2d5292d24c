"""The Linux system calls that the sandbox needs and Python does not offer, through ctypes.

Every function raises OSError with the call's name where the kernel refuses.
"""

import ctypes
import os
import platform
from collections.abc import Callable
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
ALL_NAMESPACES = (
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
)

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
_MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 24, 36, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CLOSE_RANGE = 436

_libc: Any = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def checked(result: int, what: str) -> int:
    """The result of a libc call, or OSError from errno."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *args: Any) -> int:
    """The raw system call; -1 on failure, errno as usual (see `checked`)."""
    ctypes.set_errno(0)
    return int(_libc.syscall(number, *args))


def unshare(flags: int) -> None:
    checked(_libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    checked(_libc.setns(fd, kind), "setns")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    result = _libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    checked(result, f"mount {kind or 'bind'} on {target}")


def detach(target: str) -> None:
    checked(_libc.umount2(os.fsencode(target), _MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    checked(syscall(_PIVOT_ROOT[platform.machine()], os.fsencode(new), os.fsencode(old)), "pivot_root")


def prctl(option: int, argument: int = 0, second: int = 0) -> None:
    zero = ctypes.c_ulong(0)
    checked(
        _libc.prctl(option, ctypes.c_ulong(argument), ctypes.c_ulong(second), zero, zero),
        f"prctl {option}",
    )


def seccomp_filter(program: ctypes.Structure) -> None:
    """Install a classic BPF program (mode 2) for this process; needs no_new_privs."""
    zero = ctypes.c_ulong(0)
    result = _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(program), zero, zero)
    checked(result, "seccomp")


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    checked(syscall(_CLOSE_RANGE, ctypes.c_uint(first), ctypes.c_uint(0xFFFFFFFF), 0), "close_range")


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def drop_capabilities() -> None:
    """Give up every capability, and the means to gain one again."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one the kernel knows, or no right to touch the bounding set
            break
    prctl(PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    none = (_CapabilitySets * 2)()
    checked(_libc.capset(ctypes.byref(header), none), "capset")


def write_id_maps(inside: int, uid: int, gid: int, proc_fd: int) -> None:
    """Map this process's new user namespace: `inside` there is `uid`/`gid` outside.

    `proc_fd` is a descriptor of some /proc, for jails in which no /proc of their own can be mounted.
    """

    def write(name: str, text: str) -> None:
        fd = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc_fd)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)

    write("setgroups", "deny")
    write("uid_map", f"{inside} {uid} 1")
    write("gid_map", f"{inside} {gid} 1")


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
