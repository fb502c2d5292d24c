"""Several submissions at a glance: one line each, printed as soon as it is known."""

from collections.abc import Sequence

from grader.model.report import Report
from grader.report.layout import Cell, Page, Screen, cells_of
from grader.report.plain import line
from grader.report.terminal import number, print_report

_SHORTEST_NAME = 20  # columns; longer names are broken where the terminal is narrow
_COLUMNS = (("score", 6), ("of", 6), ("waits", 6), ("seconds", 7), ("grade", 6))
_GAP = 2


class Shown:
    """What a person sees, as it comes: the report of one submission; of several a table, with `full` their reports too.

    `names` are those of several submissions, None where there is one.
    """

    def __init__(self, screen: Screen, names: Sequence[str] | None, assignments: Sequence[str], *, full: bool) -> None:
        self._screen = screen
        self._full = full
        self._table = None if names is None else Summary(screen, names, assignments)
        self._reports: list[Report] = []
        self._refused: list[tuple[str, str]] = []

    def add(self, report: Report) -> None:
        self._reports.append(report)
        if self._full or self._table is None:
            print_report(report, self._screen, full=self._full)
        else:
            self._table.add(report)

    def refuse(self, name: str, why: str) -> None:
        self._refused.append((name, why))
        if self._table is not None and not self._full:
            self._table.refuse(name, why)

    def close(self) -> None:
        """Of several, say what is true of all; after whole reports comes the table."""
        if self._table is None:
            return
        if self._full:
            for report in self._reports:
                self._table.add(report)
            for name, why in self._refused:
                self._table.refuse(name, why)
        self._table.close(len(self._refused))


class Summary:
    """A table with a line for each submission; `names` are those to come, `assignments` those that can be met."""

    def __init__(self, screen: Screen, names: Sequence[str], assignments: Sequence[str]) -> None:
        self._page = Page(screen)
        self._assignment = max(map(len, ("assignment", *assignments)))
        others = self._assignment + sum(width + _GAP for _, width in _COLUMNS) + _GAP
        longest = max(map(cells_of, ("submission", *map(line, names))))
        self._name = min(longest, max(self._page.width - others, _SHORTEST_NAME))
        self._reports: list[Report] = []
        self._headed = False

    def add(self, report: Report) -> None:
        """Print what one submission earned."""
        self._head()
        self._reports.append(report)
        marks = map(number, (report.score, report.decided, report.pending))
        grade = "–".join(dict.fromkeys((*report.letters[-1:], *report.letters[:1])))
        self._add([line(report.submission), report.assignment, *marks, f"{report.seconds.total:.2f}", grade])

    def refuse(self, name: str, why: str) -> None:
        """Print why one could not be graded."""
        self._head()
        cells = Cell(line(name), "", self._name), Cell(f"not graded: {why}", "red")
        self._page.columns(*cells, gap=_GAP)
        self._page.show()

    def close(self, refused: int) -> None:
        """Print how many there were, and the notes that all reports share."""
        shared = [note for note in dict.fromkeys(n for r in self._reports for n in r.notes) if self._on_all(note)]
        counts = f"{len(self._reports)} graded" + (f", {refused} not" if refused else "")
        self._page.blank()
        self._page.facts(("in all", counts, ""), *(("note", note, "") for note in shared))
        self._page.show()

    def _head(self) -> None:
        if not self._headed:
            self._headed = True
            self._add(["submission", "assignment", *(heading for heading, _ in _COLUMNS)], "bold")

    def _on_all(self, note: str) -> bool:
        return all(note in report.notes for report in self._reports)

    def _add(self, texts: Sequence[str], style: str = "") -> None:
        widths = [self._name, self._assignment, *(width for _, width in _COLUMNS)]
        cells = [
            Cell(text, style, width, right=i > 1) for i, (text, width) in enumerate(zip(texts, widths, strict=True))
        ]
        self._page.columns(*cells, gap=_GAP)
        self._page.show()
