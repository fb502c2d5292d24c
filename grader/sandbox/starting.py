"""How processes that run submissions are started: with which arguments and environment."""

import os
import sys
from pathlib import Path

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
