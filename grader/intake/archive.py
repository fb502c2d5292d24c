"""Unpacks a zip whose author may wish us ill: everything is checked before the first byte is written."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from grader.intake import limits
from grader.intake.limits import environment_left_out, is_ignored, shown
from grader.model.errors import SubmissionError

_Entry = tuple[zipfile.ZipInfo, PurePosixPath]
_CHUNK_BYTES = 256 * 1024
_ENCRYPTED = 0x1 | 0x40
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # LZMA headers ask for gigabytes of dictionary
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError)


class _CappedReads(io.BufferedReader):
    """zipfile reads the table of contents in one call, of the length that the archive claims."""

    def read(self, size: int | None = -1, /) -> bytes:
        limit = limits.MAX_DIRECTORY_BYTES + 1 if size is None or size < 0 else size
        if limit > limits.MAX_DIRECTORY_BYTES + 1:
            raise zipfile.BadZipFile("table of contents too large")
        data = super().read(limit)
        if len(data) > limits.MAX_DIRECTORY_BYTES:
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
        raise SubmissionError(
            f"{archive.name}: not a complete zip archive ({reason[:160]}); make the zip again and hand that in"
        ) from error
    except OSError as error:
        raise SubmissionError(f"{archive.name}: cannot be unpacked: {error.strerror or error}") from error
    return notes


def _accepted(name: str, infos: Sequence[zipfile.ZipInfo], packed_bytes: int) -> tuple[list[_Entry], list[str]]:
    entries: list[_Entry] = []
    paths = [_checked_path(name, info) for info in infos]
    environments = {path.parent for path in paths if path.name == limits.ENVIRONMENT and not is_ignored(path.parts)}
    notes = [environment_left_out(str(folder)) for folder in sorted(environments)]
    for info, path in zip(infos, paths, strict=True):
        if info.is_dir() or info.orig_filename.endswith("\\") or is_ignored(path.parts):
            continue
        if _is_of_an_environment(path, environments):
            continue
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            notes.append(f"{shown(str(path))} is a link or a device and was left out; hand in the file itself")
            continue
        _check_entry(name, info)
        entries.append((info, path))
    _check_totals(name, entries, packed_bytes)
    return entries, notes + _twins(entries)


def _is_of_an_environment(path: PurePosixPath, environments: Collection[PurePosixPath]) -> bool:
    inside = zip(path.parents, (path, *path.parents), strict=False)
    return any(folder in environments and step.name in limits.OF_AN_ENVIRONMENT for folder, step in inside)


def _checked_path(name: str, info: zipfile.ZipInfo) -> PurePosixPath:
    raw = info.orig_filename  # `filename` is already cut at a NUL
    parts = raw.replace("\\", "/").split("/")
    outside = ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", raw) or "\0" in raw
    if outside:
        raise SubmissionError(
            f"{name}: entry {shown(raw)} points outside the archive; make the zip again from your own folder"
        )
    if len(parts) > limits.MAX_DEPTH:
        raise SubmissionError(
            f"{name}: entry {shown(raw)} lies more than {limits.MAX_DEPTH} folders deep; zip fewer folders"
        )
    return PurePosixPath(*(p for p in parts if p not in ("", ".")))


def _check_entry(name: str, info: zipfile.ZipInfo) -> None:
    entry = shown(info.filename)
    if info.flag_bits & _ENCRYPTED:
        raise SubmissionError(f"{name}: entry {entry} is encrypted; make the zip again without a password")
    if info.compress_type not in _METHODS:
        raise SubmissionError(f"{name}: entry {entry} is packed by an unusual method; make the zip again with deflate")
    if info.file_size > limits.MAX_TOTAL_BYTES:
        raise SubmissionError(
            f"{name}: entry {entry} is larger than {limits.MAX_TOTAL_BYTES // limits.MB} MB; leave it out"
        )
    if info.file_size > max(limits.RATIO_APPLIES_ABOVE, limits.MAX_RATIO * info.compress_size):
        raise SubmissionError(
            f"{name}: entry {entry} unpacks to more than {limits.MAX_RATIO} times its size, as a zip bomb does; "
            "leave it out"
        )


def _check_totals(name: str, entries: Sequence[_Entry], packed_bytes: int) -> None:
    if len(entries) > limits.MAX_ENTRIES:
        raise SubmissionError(
            f"{name}: holds {len(entries):,} files, at most {limits.MAX_ENTRIES:,} are accepted; leave datasets out"
        )
    total = sum(info.file_size for info, _ in entries)
    if total > limits.MAX_TOTAL_BYTES:
        raise SubmissionError(
            f"{name}: unpacks to {total // limits.MB:,} MB, at most {limits.MAX_TOTAL_BYTES // limits.MB:,} MB are "
            "accepted; leave datasets out"
        )
    if total > max(limits.RATIO_APPLIES_ABOVE, limits.MAX_RATIO * packed_bytes):  # entries may share packed bytes
        raise SubmissionError(
            f"{name}: unpacks to more than {limits.MAX_RATIO} times its size, as a zip bomb does; "
            "hand in your files alone"
        )


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
            raise SubmissionError(
                f"{name}: entry {shown(str(path))} cannot be unpacked ({reason}); rename it and zip again"
            ) from error
