"""What of this machine's files a submission may read."""

import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


@dataclass(frozen=True)
class VisibleFiles:
    """What of this machine a submission may read, and what inside that it may not see at all."""

    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    devices: tuple[str, ...]

    @property
    def writable_devices(self) -> tuple[str, ...]:
        return tuple(device for device in self.devices if "random" not in device)


def files_of_the_interpreter(package: Path, hidden: Sequence[Path], *, cuda: bool) -> VisibleFiles:
    """The interpreter, its libraries and the grader's own package, without any course content."""
    places = [Path(sys.prefix), Path(sys.base_prefix), *_library_folders(), package]
    readable = _outermost([Path(p) for p in _SYSTEM if Path(p).exists()] + [p.resolve() for p in places])
    covered = dict.fromkeys(path.resolve() for path in (*hidden, *_installed_courses()))
    devices = [*_DEVICES, *(sorted(map(str, Path("/dev").glob("nvidia*"))) if cuda else [])]
    return VisibleFiles(tuple(map(str, readable)), tuple(map(str, covered)), tuple(devices))


def _library_folders() -> list[Path]:
    # Packages may live outside the prefix (Debian's dist-packages, a user's site-packages).
    named = ("site-packages", "dist-packages")
    here = [Path(p) for p in sys.path if Path(p).name in named and Path(p).is_dir()]
    return [*here, Path(sysconfig.get_path("stdlib"))]


def _installed_courses() -> set[Path]:
    # Any copy of the grader that submissions could read brings its course: another one than runs now, too.
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path("/usr"), Path("/usr/local")}
    packages = {folder for prefix in prefixes for folder in prefix.glob("lib*/python3*/*-packages")}
    courses = (folder / "grader" / "shipped" for folder in {*packages, *map(Path, sys.path)})
    return {course for course in courses if course.is_dir()}


def _outermost(paths: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for path in sorted(set(paths), key=lambda p: len(p.parts)):
        if not any(path.is_relative_to(outer) for outer in kept):
            kept.append(path)
    return kept
