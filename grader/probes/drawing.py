"""Calls of a student's function that draws symbols: what each gave, as indices, whatever form it came in."""

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import torch

from grader.probes.probing import CannotTell

_BEYOND = 12  # symbols that a trial asks for, beyond the length of what it begins with
_FRAME = ("----\n ", " \n----")
_NEARLY = 4  # symbols: of a beginning so long, all but the last one show that it is repeated


class Drawing:
    """A function that is asked for n symbols after an opening (what it starts from), again and again.

    A result may begin with the opening, though that was not drawn; it may be longer or shorter than asked for by a
    fixed number, and be text, or printed. All of this is seen in the first few calls, and undone in what `rows` gives.
    """

    def __init__(
        self, call: Callable[[Sequence[int], int], Any], symbols: str, openings: Sequence[Sequence[int]]
    ) -> None:
        """Tries the function: `call(opening, n)` runs it, `symbols` are all that there are. The openings are different
        and equally long. Raises CannotTell where results are printed in another length than asked for.
        """
        self._call = call
        self._index = {symbol: index for index, symbol in enumerate(symbols)}
        self.asked = len(openings[0]) + _BEYOND
        results = [self._result(opening, self.asked) for opening in openings]
        self.blank = all(result is None and not printed for result, printed in results)  # it is not written yet
        self.length = torch.tensor(len(self._indices(results[0][0], "") or ()))  # of what is returned, not printed
        rows = [self._indices(*result) or [] for result in results]
        self.constant = all(row == rows[0] for row in rows)  # the same after every opening
        self._left_out = _left_out(rows, openings)
        lead = 0 if self._left_out is None else len(openings[0]) - self._left_out
        self._excess = len(rows[0]) - lead - self.asked
        self._counts_opening = lead > 0 and self._excess == -lead
        if self._excess and any(result is None and printed for result, printed in results):
            raise CannotTell("it returns None and prints something that is not just what it was asked for")

    @property
    def repeats_opening(self) -> bool:
        """Whether results begin with what the function was given, but for the last symbol at most."""
        return self._left_out is not None

    def rows(self, opening: Sequence[int], calls: int, n: int) -> Any:
        """What `calls` calls drew, a tensor [calls, n]; what a call gave where that is no sequence of symbols."""
        lead = 0 if self._left_out is None else len(opening) - self._left_out
        missing = len(opening) if self._counts_opening else max(0, -self._excess)
        rows = []
        for _ in range(calls):
            result = self._result(opening, n + missing)
            row = self._indices(*result)
            if row is None:
                return result[0]
            rows.append(row[lead : lead + n])
        shortest = min(len(row) for row in rows)
        return torch.tensor([row[:shortest] for row in rows], dtype=torch.int64)

    def _result(self, opening: Sequence[int], n: int) -> tuple[Any, str]:
        with redirect_stdout(io.StringIO()) as printed:
            result = self._call(opening, n)
        return result, printed.getvalue()

    def _indices(self, result: Any, printed: str) -> list[int] | None:
        if result is None and printed:
            result = _unframed(printed.removesuffix("\n"))
        if isinstance(result, list | tuple) and result and all(isinstance(part, str) for part in result):
            result = "".join(result)
        if isinstance(result, str):
            indices = [self._index.get(symbol, -1) for symbol in result]
            return None if -1 in indices else indices
        if isinstance(result, torch.Tensor):
            result = result.detach().cpu().numpy()
        try:
            array = np.asarray(result)
        except (TypeError, ValueError):
            return None
        if array.dtype.kind not in "iu" or array.ndim == 0 or array.size != max(array.shape):
            return None
        return [int(index) for index in array.ravel()]


def _unframed(printed: str) -> str:
    """Without the lines that the classic character RNN prints around a sample."""
    if printed.startswith(_FRAME[0]) and printed.endswith(_FRAME[1]):
        return printed[len(_FRAME[0]) : -len(_FRAME[1])]
    return printed


def _left_out(rows: Sequence[Sequence[int]], openings: Sequence[Sequence[int]]) -> int | None:
    """How many last symbols of its opening every row leaves out when it repeats it: 0 or 1; None where it does not."""
    for left_out in (0, 1) if len(openings[0]) >= _NEARLY else (0,):
        begins = [list(opening[: len(opening) - left_out]) for opening in openings]
        if all(list(row[: len(begin)]) == begin for row, begin in zip(rows, begins, strict=True)):
            return left_out
    return None
