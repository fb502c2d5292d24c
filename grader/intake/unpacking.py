"""Puts what was handed in into a folder of ours: a zip, or a folder. Their author may wish us ill.

Of a zip everything is checked before the first byte is written. Of a folder, under the same limits, regular files are
copied, and no symbolic link is followed.
"""

import io
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from grader.intake import limits
from grader.intake.limits import is_ignored, shown
from grader.model.errors import SubmissionError

_Entry = tuple[zipfile.ZipInfo, PurePosixPath]
_CHUNK_BYTES = 256 * 1024
_ENCRYPTED = 0x1 | 0x40
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # LZMA headers ask for gigabytes of dictionary
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError)
_IS_A_LINK = "is a link or a device and was left out; hand in the file itself"


class _CappedReads(io.BufferedReader):
    """zipfile reads the table of contents in one call, of the length that the archive claims."""

    def read(self, size: int | None = -1, /) -> bytes:
        most = limits.MAX_DIRECTORY_BYTES
        data = super().read(most + 1 if size is None or size < 0 else min(size, most + 1))
        if len(data) > most:
            raise zipfile.BadZipFile("table of contents too large")
        return data


def unpack_zip(archive: Path, into: Path) -> list[str]:
    """Unpack the regular files of `archive` into the empty folder `into`; returns notes for a person.

    Zips inside are left as they are. Raises SubmissionError where the archive is broken, encrypted, too
    large, a bomb, or names a path outside itself; nothing has been written then, unless its data is broken.
    """
    try:
        with _CappedReads(io.FileIO(archive)) as file, zipfile.ZipFile(file) as opened:
            entries, notes = _accepted(archive.name, opened.infolist(), archive.stat().st_size)
            _extract(archive.name, opened, entries, into, notes)
    except _BROKEN as error:
        reason = re.sub(r"\s+", " ", str(error)) or type(error).__name__
        advice = "make the zip again and hand that in"
        raise SubmissionError(f"{archive.name}: not a complete zip archive ({reason[:160]}); {advice}") from error
    except OSError as error:
        raise SubmissionError(f"{archive.name}: cannot be unpacked: {error.strerror or error}") from error
    return notes


def _accepted(name: str, infos: Sequence[zipfile.ZipInfo], packed_bytes: int) -> tuple[list[_Entry], list[str]]:
    entries: list[_Entry] = []
    paths = [_checked_path(name, info) for info in infos]
    environments = {path.parent for path in paths if path.name == limits.ENVIRONMENT and not is_ignored(path.parts)}
    notes = [_environment_left_out(str(folder)) for folder in sorted(environments)]
    for info, path in zip(infos, paths, strict=True):
        if info.is_dir() or info.orig_filename.endswith("\\") or is_ignored(path.parts):
            continue
        if _is_of_an_environment(path, environments):
            continue
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            notes.append(f"{shown(str(path))} {_IS_A_LINK}")
            continue
        if problem := _problem(info):
            raise SubmissionError(f"{name}: entry {shown(info.filename)} {problem}")
        entries.append((info, path))
    if problem := _problem_of_all(entries, packed_bytes):
        raise SubmissionError(f"{name}: {problem}")
    return entries, notes + _twins(entries)


def _is_of_an_environment(path: PurePosixPath, environments: Collection[PurePosixPath]) -> bool:
    inside = zip(path.parents, (path, *path.parents), strict=False)
    return any(folder in environments and step.name in limits.OF_AN_ENVIRONMENT for folder, step in inside)


def _checked_path(name: str, info: zipfile.ZipInfo) -> PurePosixPath:
    raw = info.orig_filename  # `filename` is already cut at a NUL
    parts = raw.replace("\\", "/").split("/")
    entry = f"{name}: entry {shown(raw)}"
    if ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", raw) or "\0" in raw:
        raise SubmissionError(f"{entry} points outside the archive; make the zip again from your own folder")
    if len(parts) > limits.MAX_DEPTH:
        raise SubmissionError(f"{entry} lies more than {limits.MAX_DEPTH} folders deep; zip fewer folders")
    return PurePosixPath(*(p for p in parts if p not in ("", ".")))


def _problem(info: zipfile.ZipInfo) -> str:
    """What is wrong with an entry, and what to do; "" where nothing is."""
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted; make the zip again without a password"
    if info.compress_type not in _METHODS:
        return "is packed by an unusual method; make the zip again with deflate"
    if info.file_size > limits.MAX_TOTAL_BYTES:
        return f"is larger than {limits.MAX_TOTAL_BYTES // limits.MB} MB; leave it out"
    if info.file_size > max(limits.RATIO_APPLIES_ABOVE, limits.MAX_RATIO * info.compress_size):
        return f"unpacks to more than {limits.MAX_RATIO} times its size, as a zip bomb does; leave it out"
    return ""


def _problem_of_all(entries: Sequence[_Entry], packed_bytes: int) -> str:
    if len(entries) > limits.MAX_ENTRIES:
        return f"holds {len(entries):,} files, at most {limits.MAX_ENTRIES:,} are accepted; leave datasets out"
    total, most = sum(info.file_size for info, _ in entries), limits.MAX_TOTAL_BYTES
    if total > most:
        mb = limits.MB
        return f"unpacks to {total // mb:,} MB, at most {most // mb:,} MB are accepted; leave datasets out"
    if total > max(limits.RATIO_APPLIES_ABOVE, limits.MAX_RATIO * packed_bytes):  # entries may share packed bytes
        times = f"{limits.MAX_RATIO} times its size"
        return f"unpacks to more than {times}, as a zip bomb does; hand in your files alone"
    return ""


def _twins(entries: Sequence[_Entry]) -> list[str]:
    """Notes on paths that are equal, or differ in upper and lower case alone."""
    seen: dict[str, str] = {}
    notes = []
    for path in (str(path) for _, path in entries):
        first = seen.get(path.casefold())
        if first is None:
            seen[path.casefold()] = path
        elif first == path:
            notes.append(f"{shown(path)} is in the archive twice; the later one is graded")
        else:
            notes.append(f"{shown(first)} and {shown(path)} differ in upper and lower case alone; check which is meant")
    return notes


def _extract(name: str, opened: zipfile.ZipFile, entries: Sequence[_Entry], into: Path, notes: list[str]) -> None:
    left = limits.MAX_TOTAL_BYTES
    for info, path in entries:
        target = into.joinpath(*path.parts)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(info) as packed, target.open("wb") as file:
                while chunk := packed.read(_CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:  # the sizes in its headers were a lie
                        raise SubmissionError(f"{name}: unpacks to more than its headers say; make the zip again")
                    file.write(chunk)
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its name cannot be written"
            entry = f"{name}: entry {shown(str(path))}"
            raise SubmissionError(f"{entry} cannot be unpacked ({reason}); rename it and zip again") from error


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
            file, why = f"{folder.name}: {shown(relative)}", error.strerror or error
            raise SubmissionError(f"{file} cannot be copied ({why}); check its permissions") from error
    return notes


def _listed(folder: Path) -> tuple[list[str], list[str]]:
    files, notes, waiting = list[str](), list[str](), [""]
    total = 0
    while waiting:
        inside = waiting.pop()
        if inside.count("/") >= limits.MAX_DEPTH:
            raise SubmissionError(f"{folder.name}: {shown(inside)} lies too deep; hand in fewer folders")
        entries = _entries(folder, inside)
        is_environment = any(entry.name == limits.ENVIRONMENT for entry in entries)
        if is_environment:
            notes.append(_environment_left_out(inside))
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
                notes.append(f"{shown(relative)} {_IS_A_LINK}")
            if len(files) > limits.MAX_ENTRIES or total > limits.MAX_TOTAL_BYTES:
                most = f"{limits.MAX_ENTRIES:,} files or {limits.MAX_TOTAL_BYTES // limits.MB:,} MB"
                raise SubmissionError(f"{folder.name}: holds more than {most}; leave datasets out")
    return sorted(files), notes


def _entries(folder: Path, inside: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder / inside) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        place = f"{folder.name}: folder {shown(inside or '.')}"
        raise SubmissionError(f"{place} cannot be read ({error.strerror}); check its permissions") from error


def _environment_left_out(name: str) -> str:
    where = f"the virtual environment in {shown(name)}" if name not in ("", ".") else "a virtual environment"
    return f"{where} was left out; hand in your own files alone"
