"""Landlock: what the file system, TCP ports, abstract sockets and signals look like from inside."""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox.kernel import syscalls

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_ALL_FS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_BIND_CONNECT = 3
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def abi() -> int:
    """The kernel's Landlock version, 0 where it has none. Signals are scoped from version 6 on."""
    return max(0, syscalls.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))


def restrict_self(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Leave this process and all it starts reading and executing below `readable`, everything below `writable`.
    Cannot be undone. Needs no_new_privs."""
    version = abi()
    every_access = _ALL_FS[min(version, 5)]
    attributes = struct.pack("QQQ", every_access, _NET_BIND_CONNECT, _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    known = ctypes.c_size_t(24 if version >= 6 else 16 if version >= 4 else 8)  # bytes of them, to this kernel
    ruleset = syscalls.checked(syscalls.syscall(_CREATE_RULESET, attributes, known, 0), "landlock_create_ruleset")
    for path in readable:
        _allow(ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR, version)
    for path in writable:
        _allow(ruleset, path, every_access, version)
    syscalls.checked(syscalls.syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, path: str, access: int, version: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # what is not there for this user needs no rule
    try:
        if not Path(path).is_dir():
            access &= _EXECUTE | _WRITE_FILE | _READ_FILE | (_TRUNCATE if version >= 3 else 0)
            access |= _IOCTL_DEV if version >= 5 and access & _WRITE_FILE else 0
        rule = struct.pack("=Qi", access, fd)
        syscalls.checked(syscalls.syscall(_ADD_RULE, ruleset, 1, rule, 0), f"landlock_add_rule {path}")
    finally:
        os.close(fd)


def without(root: Path, hidden: Iterable[Path]) -> list[Path]:
    """The fewest paths that together hold all of `root` but nothing at or below `hidden`.
    Links beside something hidden are left out: a rule is for what a link leads to, which has a path of its own."""
    below = [path for path in hidden if path.is_relative_to(root)]
    if root in below:
        return []
    if not below:
        return [root]
    return [kept for child in sorted(root.iterdir()) if not child.is_symlink() for kept in without(child, below)]
