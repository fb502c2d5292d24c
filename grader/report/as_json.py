"""The report as JSON, schema 1 (documented in the README)."""

import textwrap
from collections.abc import Callable, Sequence

from grader.model.report import Refusal, Report, Reports


def to_json(report: Report | Reports) -> str:
    """One submission's report, or those of several; indented, with a final newline."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"


class JsonOfSeveral:
    """Writes what `to_json` gives for Reports, each report as it comes: what is graded is not lost by what follows."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._none_yet = True

    def add(self, report: Report) -> None:
        before = f"{_around(())[0]}[\n" if self._none_yet else ",\n"
        self._none_yet = False
        self._write(before + textwrap.indent(report.model_dump_json(by_alias=True, indent=2), "    "))

    def close(self, refused: Sequence[Refusal]) -> None:
        begin, end = _around(refused)
        self._write(f"{begin}[]{end}" if self._none_yet else f"\n  ]{end}")


def _around(refused: Sequence[Refusal]) -> tuple[str, str]:
    """What stands before the list of reports, and after it."""
    begin, key, end = to_json(Reports(reports=(), refused=tuple(refused))).partition('"reports": ')
    return begin + key, end.removeprefix("[]")
