"""The folder of real files that a measurement is told of, read without running anything that stands in them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch


class MissingDataError(Exception):
    """A file that a measurement needs is not there, or is not what it should be; the message is one line."""


@dataclass(frozen=True)
class DataFolder:
    """The user's `--data DIR`. Every method raises MissingDataError."""

    root: Path

    def path(self, name: str) -> Path:
        path = self.root / name
        if not path.is_file():
            raise MissingDataError(
                f"{path}: no such file; this measurement needs it, put it there or name another --data"
            )
        return path

    def arrays(self, name: str, *keys: str) -> tuple[np.ndarray, ...]:
        """These arrays of an .npz file, in this order; arrays that are pickles are refused."""
        path = self.path(name)
        try:
            with np.load(path, allow_pickle=False) as archive:
                return tuple(archive[key] for key in keys)
        except (KeyError, ValueError, OSError) as error:
            raise MissingDataError(
                f"{path}: {_line(error)}; expected the arrays {', '.join(keys)} without pickle"
            ) from error

    def array(self, name: str) -> np.ndarray:
        """The array of an .npy file; one that is a pickle is refused."""
        path = self.path(name)
        try:
            return np.load(path, allow_pickle=False)
        except (ValueError, OSError) as error:
            raise MissingDataError(f"{path}: {_line(error)}; expected one array without pickle") from error

    def tensors(self, name: str) -> dict[str, torch.Tensor]:
        """The state dict in a file of torch.save, old format or new; torch unpickles tensors only."""
        path = self.path(name)
        try:
            loaded: Any = torch.load(path, weights_only=True, map_location="cpu")
        except Exception as error:  # what a damaged file raises is torch's secret
            raise MissingDataError(f"{path}: {_line(error)}; expected a state dict that torch.save wrote") from error
        if not isinstance(loaded, dict) or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
            raise MissingDataError(f"{path}: holds no state dict; expected one that torch.save wrote")
        return loaded

    def text(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
