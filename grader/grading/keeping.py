"""A run as one inert file: safetensors, with all that is no tensor as JSON in its metadata. No pickle anywhere."""

import json
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from grader.model.errors import UsageError
from grader.model.observation import Array, Run

SUFFIX = ".run"
FORMAT = 1
MAX_BYTES = 512 << 20
_MAX_NAME = 100  # characters


class _Arrays:
    """Keeps a run's arrays by key while it is written or read."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays

    def put(self, array: Array) -> str:
        key = str(len(self.arrays))
        self.arrays[key] = np.ascontiguousarray(array).reshape(array.shape)
        return key

    def get(self, key: str) -> Array:
        return self.arrays[key]


@cache
def _adapter() -> TypeAdapter[Run]:
    return TypeAdapter(Run)


def write_run(run: Run, folder: Path) -> Path:
    """Write a run into `folder`, made where it is absent, under the submission's name; returns the file's path.

    A file that is there already stays. Raises UsageError where it cannot be written or would be too large.
    """
    arrays = _Arrays({})
    described = _adapter().dump_python(run, mode="json", context=arrays)
    size = sum(array.nbytes for array in arrays.arrays.values())
    if size > MAX_BYTES:
        raise UsageError(
            f"--keep: {run.submission}: what was seen takes {size >> 20} MB, at most {MAX_BYTES >> 20} MB are kept"
        )
    metadata = {"run": json.dumps({"format": FORMAT, "run": described})}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _free(folder, run.submission)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(save(arrays.arrays, metadata))
        return unfinished.rename(path)
    except OSError as error:
        raise UsageError(f"--keep {folder}: cannot be written ({error.strerror}); name a folder of your own") from None


def read_run(path: Path) -> Run:
    """Raises UsageError where the file is absent, too large, or no run."""
    wrong = f"{path}: is no run that can be read"
    fix = "give a file that `grade SUBMISSION --keep DIR` wrote"
    try:
        if path.stat().st_size > 2 * MAX_BYTES:
            raise UsageError(f"{wrong}: it has more than {2 * MAX_BYTES >> 20} MB; {fix}")
        with safe_open(path, "numpy") as file:
            metadata = json.loads((file.metadata() or {})["run"])
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (no mapping)
        if metadata["format"] != FORMAT:
            raise UsageError(
                f"{wrong}: its format is {metadata['format']!r}, this is {FORMAT}; grade the submission again"
            )
        return _adapter().validate_python(metadata["run"], context=_Arrays(arrays))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {fix}") from None
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise UsageError(f"{wrong}: {place}: {problem['msg'].lower()}; {fix}") from None
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{wrong} ({type(error).__name__}: {error}); {fix}") from None


def _free(folder: Path, name: str) -> Path:
    """A path that is not there yet: students hand in archives of the same name."""
    plain = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)[:_MAX_NAME] or "submission"
    number, path = 1, folder / f"{plain}{SUFFIX}"
    while path.exists():
        number += 1
        path = folder / f"{plain}-{number}{SUFFIX}"
    return path
