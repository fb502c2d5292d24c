"""The file system that submissions see: a small tmpfs with read-only binds of the interpreter and its libraries."""

import ctypes
import os
import platform
from pathlib import Path

from grader.sandbox.environment import VisibleFiles
from grader.sandbox.kernel.syscalls import checked, libc, syscall

WORK = "/box"  # the submission's folder, its working directory
SCRATCH = "/scratch"  # its temporary folder
STUDENT_ID = 1000  # uid and gid that a submission sees itself as

_MERGED_USR = ("lib", "lib64", "bin", "sbin")
_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_REMOUNT, _BIND, _REC, _PRIVATE = 32, 4096, 16384, 1 << 18
_INERT = _NOSUID | _NODEV  # nothing in it gives rights
_MNT_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def enter_own_root(root: str, files: VisibleFiles) -> None:
    """Build a file system on the empty folder `root`, with nothing but `files` in it, and make it the only one here.
    Needs a mount namespace of its own. Raises OSError naming the mount that was refused."""
    _mount(None, "/", None, _REC | _PRIVATE)
    _mount("tmpfs", root, "tmpfs", _INERT, "size=4m,mode=755")
    for path in files.readable:
        _bind(path, root + path, writable_device=False)
    for path in files.devices:
        _bind(path, root + path, writable_device=True)
    for name in _MERGED_USR:
        _bind_or_link(name, root)
    for path in files.hidden:
        if Path(root + path).is_dir():
            _mount("tmpfs", root + path, "tmpfs", _RDONLY | _INERT, "size=4k,mode=555")
    for folder in ("proc", WORK, SCRATCH, "tmp", "dev/shm", "etc", ".old"):
        Path(root, folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
    Path(root, "etc/passwd").write_text(f"student:x:{STUDENT_ID}:{STUDENT_ID}::{WORK}:/bin/sh\n")
    Path(root, "etc/group").write_text(f"student:x:{STUDENT_ID}:\n")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        Path(root, "dev", name).symlink_to(f"/proc/self/fd/{number}")
    Path(root, "dev/fd").symlink_to("/proc/self/fd")
    # A later proc of an inner pid namespace may be mounted only where a full one is visible.
    _mount("/proc", root + "/proc", None, _BIND | _REC)
    os.chdir(root)
    checked(syscall(_PIVOT_ROOT[platform.machine()], b".", b".old"), "pivot_root")
    os.chdir("/")
    checked(libc.umount2(b"/.old", _MNT_DETACH), "umount /.old")
    Path("/.old").rmdir()
    _mount(None, "/", None, _BIND | _REMOUNT | _RDONLY | _INERT)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    result = libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    checked(result, f"mount {kind or 'bind'} on {target}")


def _bind(source: str, target: str, *, writable_device: bool) -> None:
    if Path(source).is_dir():
        Path(target).mkdir(parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch()
    _mount(source, target, None, _BIND | _REC)
    if not writable_device:
        _mount(None, target, None, _BIND | _REMOUNT | _RDONLY | _INERT)


def _bind_or_link(name: str, root: str) -> None:
    # /lib and its like are links into /usr on most systems, folders of their own on others
    outside = Path("/", name)
    inside = Path(root, name)
    if inside.exists() or inside.is_symlink():
        return
    if outside.is_symlink():
        inside.symlink_to(outside.readlink())
    elif outside.is_dir():
        _bind(str(outside), str(inside), writable_device=False)


def mount_proc() -> None:
    """This pid namespace's own /proc; where the kernel refuses one (masked in containers), an empty folder."""
    try:
        _mount("proc", "/proc", "proc", _INERT | _NOEXEC)
    except OSError:
        _mount("tmpfs", "/proc", "tmpfs", _RDONLY | _INERT | _NOEXEC, "size=4k,mode=555")


def mount_scratch(folder: str, size_mb: int) -> None:
    """A private, size-limited tmpfs for the student's user."""
    options = f"size={size_mb}m,nr_inodes=10k,mode=700,uid={STUDENT_ID},gid={STUDENT_ID}"
    _mount("tmpfs", folder, "tmpfs", _INERT, options)
