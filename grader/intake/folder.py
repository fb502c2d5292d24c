"""Copies a handed-in folder: regular files only, no symbolic link followed, under the limits of an archive."""

import os
import shutil
from pathlib import Path

from grader.intake import limits
from grader.intake.limits import environment_left_out, is_ignored, shown
from grader.model.errors import SubmissionError


def copy_folder(folder: Path, into: Path) -> list[str]:
    """Copy the regular files of `folder` into the empty folder `into`; returns notes for a person.

    Raises SubmissionError where there are too many files or bytes, or one cannot be read.
    """
    files, notes = _listed(folder)
    for relative in files:
        target = into / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / relative, target, follow_symlinks=False)
        except OSError as error:
            raise SubmissionError(
                f"{folder.name}: {shown(relative)} cannot be copied ({error.strerror or error}); check its permissions"
            ) from error
    return notes


def _listed(folder: Path) -> tuple[list[str], list[str]]:
    files: list[str] = []
    notes: list[str] = []
    total = 0
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        if inside.count("/") >= limits.MAX_DEPTH:
            raise SubmissionError(f"{folder.name}: {shown(inside)} lies too deep; hand in fewer folders")
        entries = _entries(folder, inside)
        is_environment = any(entry.name == limits.ENVIRONMENT for entry in entries)
        if is_environment:
            notes.append(environment_left_out(inside))
        for entry in entries:
            relative = f"{inside}/{entry.name}" if inside else entry.name
            if is_ignored((entry.name,)) or (is_environment and entry.name in limits.OF_AN_ENVIRONMENT):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(relative)
            elif entry.is_file(follow_symlinks=False):
                files.append(relative)
                total += entry.stat(follow_symlinks=False).st_size
            else:
                notes.append(f"{shown(relative)} is a link or a device and was left out; hand in the file itself")
            if len(files) > limits.MAX_ENTRIES or total > limits.MAX_TOTAL_BYTES:
                raise SubmissionError(
                    f"{folder.name}: holds more than {limits.MAX_ENTRIES:,} files or "
                    f"{limits.MAX_TOTAL_BYTES // limits.MB:,} MB; leave datasets out"
                )
    return sorted(files), notes


def _entries(folder: Path, inside: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder / inside) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise SubmissionError(
            f"{folder.name}: folder {shown(inside or '.')} cannot be read ({error.strerror}); check its permissions"
        ) from error
