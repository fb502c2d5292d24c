"""A submission's folder where no file system of its own holds it: how much is in it, and how to be rid of it.
Whoever filled it may have meant harm: folders in folders without end, folders that cannot be listed, links."""

import contextlib
import os
import secrets
import stat
from itertools import count
from pathlib import Path

MAX_DEPTH = 40
MAX_ENTRIES = 10_000
_ENTRY_BYTES = 512  # what a name takes even where its file is empty


def excess(folder: Path, max_bytes: int) -> str:
    """What is too much in `folder`, in words for the student; "" where nothing is."""
    total = entries = 0
    level = [str(folder)]
    for _ in range(MAX_DEPTH):
        deeper: list[str] = []
        for parent in level:
            try:
                found = list(os.scandir(parent))
            except PermissionError:
                return "made a folder that cannot be looked into"
            except OSError:  # gone meanwhile
                continue
            entries += len(found)
            for entry in found:
                with contextlib.suppress(OSError):
                    total += _ENTRY_BYTES + entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        deeper.append(entry.path)
            if entries > MAX_ENTRIES:
                return f"made more than {MAX_ENTRIES:,} files"
            if total > max_bytes:
                return f"wrote more than {max_bytes >> 20} MB of files"
        if not deeper:
            return ""
        level = deeper
    return f"made folders more than {MAX_DEPTH} deep"


def remove(folder: Path) -> None:
    """Delete `folder` with all that is in it, as far as it can be deleted. Nothing may be working in it any more.
    Inner folders are moved up before they are emptied, so that none is out of a path's or a stack's reach."""
    names = (f"moved-{secrets.token_hex(8)}-{number}" for number in count())
    waiting = _empty(folder)
    while waiting:
        inner = waiting.pop()
        for deeper in _empty(inner):
            with contextlib.suppress(OSError):
                waiting.append(deeper.rename(folder / next(names)))
        with contextlib.suppress(OSError):
            inner.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _empty(folder: Path) -> list[Path]:
    """Delete the files in `folder`; the folders in it, made accessible."""
    folders = []
    with contextlib.suppress(OSError):
        folder.chmod(stat.S_IRWXU)
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                Path(entry.path).chmod(stat.S_IRWXU)  # a folder can be moved only by who may write to it
                folders.append(Path(entry.path))
            else:
                Path(entry.path).unlink()
    return folders
