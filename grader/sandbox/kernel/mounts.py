"""The file system that submissions see: a small tmpfs with read-only binds of the interpreter and its libraries."""

import os
import stat
from pathlib import Path

from grader.sandbox.kernel import syscalls
from grader.sandbox.kernel.syscalls import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
)
from grader.sandbox.visible_files import VisibleFiles

WORK = "/box"  # the submission's folder, its working directory
SCRATCH = "/scratch"  # its temporary folder
STUDENT_ID = 1000  # uid and gid that a submission sees itself as

_MERGED_USR = ("lib", "lib64", "bin", "sbin")


def enter_own_root(root: str, files: VisibleFiles) -> None:
    """Build a file system on the empty folder `root`, with nothing but `files` in it, and make it the only one here.

    Needs a mount namespace of its own. Raises OSError naming the mount that was refused.
    """
    syscalls.mount(None, "/", None, MS_REC | MS_PRIVATE)
    syscalls.mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=755")
    for path in files.readable:
        _bind(path, root + path, writable_device=False)
    for path in files.devices:
        _bind(path, root + path, writable_device=True)
    for name in _MERGED_USR:
        _bind_or_link(name, root)
    for path in files.hidden:
        if Path(root + path).is_dir():
            syscalls.mount("tmpfs", root + path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=555")
    for folder in ("proc", WORK, SCRATCH, "tmp", "dev/shm", "etc", ".old"):
        Path(root, folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
    Path(root, "etc/passwd").write_text(f"student:x:{STUDENT_ID}:{STUDENT_ID}::{WORK}:/bin/sh\n")
    Path(root, "etc/group").write_text(f"student:x:{STUDENT_ID}:\n")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        Path(root, "dev", name).symlink_to(f"/proc/self/fd/{number}")
    Path(root, "dev/fd").symlink_to("/proc/self/fd")
    # A later proc of an inner pid namespace may be mounted only where a full one is visible.
    syscalls.mount("/proc", root + "/proc", None, MS_BIND | MS_REC)
    os.chdir(root)
    syscalls.pivot_root(".", ".old")
    os.chdir("/")
    syscalls.detach("/.old")
    Path("/.old").rmdir()
    syscalls.mount(None, "/", None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


def _bind(source: str, target: str, *, writable_device: bool) -> None:
    if stat.S_ISDIR(Path(source).stat().st_mode):
        Path(target).mkdir(parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch()
    syscalls.mount(source, target, None, MS_BIND | MS_REC)
    if not writable_device:
        syscalls.mount(None, target, None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


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
        syscalls.mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    except OSError:
        syscalls.mount("tmpfs", "/proc", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=555")


def mount_scratch(folder: str, size_mb: int) -> None:
    """A private, size-limited tmpfs for the student's user."""
    options = f"size={size_mb}m,nr_inodes=10k,mode=700,uid={STUDENT_ID},gid={STUDENT_ID}"
    syscalls.mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options)
