"""What processes that run submissions get: how they are started, which files they may read, what they may use."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
# Passive, single OpenMP threads: a fork after a thread pool started would hang its children. A heap of huge pages: a
# fork copies an entry for each page, and torch fills 20,000 small ones.
_FOR_COMPUTING = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "GOMP_SPINCOUNT": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MPLBACKEND": "agg",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
}
# not /dev/zero: what is mapped of it and shared is memory that no process shows
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


@dataclass(frozen=True)
class Limits:
    """What a submission may use; the processor time is each process's."""

    memory_mb: int = 2048  # above what the sandbox itself holds
    processes: int = 64  # threads count too
    disk_mb: int = 256
    cpu_s: int = 300
    output_mb: int = 8  # what it may print


OF_A_COURSE = Limits(memory_mb=1024, processes=8, disk_mb=16, cpu_s=86_400, output_mb=1)  # it serves a whole class


@dataclass(frozen=True)
class VisibleFiles:
    """What of this machine a submission may read, and what inside that it may not see at all."""

    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    devices: tuple[str, ...]

    @property
    def writable_devices(self) -> tuple[str, ...]:
        return tuple(device for device in self.devices if "random" not in device)


def clean_environment() -> dict[str, str]:
    """Nothing of the judge's own: for other people's code."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/", **_FOR_COMPUTING}


def own_environment() -> dict[str, str]:
    """This process's own, changed as far as results depend on it: for one's own code."""
    return {**os.environ, **_FOR_COMPUTING, "PYTHONUTF8": "1"}


def command(module: str, argument: object, *options: str) -> list[str]:
    """Starts `main(argument)` of a module of ours; `options` are the interpreter's. The folder is not in its path."""
    package_parent = str(Path(__file__).resolve().parents[2])
    code = f"import sys; sys.path.append({package_parent!r}); from {module} import main; main({argument!r})"
    return [sys.executable, "-P", *options, "-c", code]


def files_of_the_interpreter(package: Path, hidden: Sequence[Path], *, cuda: bool) -> VisibleFiles:
    """The interpreter, its libraries and the grader's own package, without any course content."""
    # Packages may live outside the prefix (Debian's dist-packages, a user's site-packages).
    named = ("site-packages", "dist-packages")
    libraries = [p for p in map(Path, sys.path) if p.name in named and p.is_dir()]
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(os.__file__).parent, *libraries, package]
    readable: list[Path] = []
    for path in sorted({*filter(Path.exists, map(Path, _SYSTEM)), *(p.resolve() for p in places)}):  # outer ones first
        if not any(path.is_relative_to(outer) for outer in readable):
            readable.append(path)
    covered = sorted({path.resolve() for path in hidden})
    devices = [*_DEVICES, *(sorted(map(str, Path("/dev").glob("nvidia*"))) if cuda else [])]
    return VisibleFiles(tuple(map(str, readable)), tuple(map(str, covered)), tuple(devices))
