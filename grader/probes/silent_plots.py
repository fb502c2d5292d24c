"""A stand-in for matplotlib.pyplot that draws nothing: a training function's curves cost a probe no time."""

from collections.abc import Iterator
from typing import Any


class SilentPlots:
    """Takes whatever is asked of pyplot, its figures and its axes, and gives back more of the same.

    `figure, axes = plt.subplots(2, 3)` unpacks, and so do the axes: they come in nested rows, as pyplot's do.
    """

    def __init__(self, shape: tuple[int, ...] = ()) -> None:
        self._shape = shape  # of an array of axes; empty for one thing

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # protocols such as copying must see that it has none
            raise AttributeError(name)
        return self._flat() if name == "flat" else self

    def __call__(self, *arguments: Any, **named: Any) -> "SilentPlots":
        return self

    def subplots(self, nrows: int = 1, ncols: int = 1, *_: Any, squeeze: bool = True, **__: Any) -> Any:
        """A figure, and its axes in the array that pyplot would give."""
        shape = tuple(n for n in (nrows, ncols) if n > 1 or not squeeze)
        return SilentPlots(), SilentPlots(shape)

    def plot(self, *_: Any, **__: Any) -> list["SilentPlots"]:
        """The one line that was drawn, in a list as pyplot gives it."""
        return [SilentPlots()]

    def ravel(self, *_: Any) -> list["SilentPlots"]:
        """All axes in one row."""
        return self._flat()

    flatten = ravel

    def _flat(self) -> list["SilentPlots"]:
        count = 1
        for size in self._shape:
            count *= size
        return [SilentPlots() for _ in range(count)]

    def __len__(self) -> int:
        return self._shape[0] if self._shape else 0

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator["SilentPlots"]:
        return iter([SilentPlots(self._shape[1:]) for _ in range(len(self))])

    def __getitem__(self, key: Any) -> "SilentPlots":
        rest = self._shape[1:] if isinstance(key, int) else ()
        return SilentPlots(rest)

    def __setitem__(self, key: Any, value: Any) -> None:
        return None  # plt.rcParams["figure.figsize"] = (10, 8)

    def __enter__(self) -> "SilentPlots":
        return self

    def __exit__(self, *error: object) -> None:
        return None
