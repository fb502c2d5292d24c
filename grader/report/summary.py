"""Several submissions at a glance: one line each, printed as soon as it is known."""

from collections.abc import Sequence

from grader.model.report import Report
from grader.report.layout import Page, Screen, Span, cells_of
from grader.report.plain import line
from grader.report.terminal import number, print_report

_SHORTEST_NAME = 20  # columns; longer names are broken where the terminal is narrow
_COLUMNS = {"score": 6, "of": 6, "waits": 6, "seconds": 7, "grade": 6}
_GAP = 2


class Shown:
    """What a person sees, as it comes: the report of one submission; of several a table, with `full` their reports too.

    `names` are those of several submissions, None where there is one; `assignments` are those that can be met.
    """

    def __init__(self, screen: Screen, names: Sequence[str] | None, assignments: Sequence[str], *, full: bool) -> None:
        self._screen = screen
        self._full = full
        self._several = names is not None
        self._reports: list[Report] = []
        self._refused = 0
        self._page = Page(screen)  # the table; with `full` it is shown at the end
        assignment = max(map(len, ("assignment", *assignments)))
        others = assignment + sum(width + _GAP for width in _COLUMNS.values()) + _GAP
        longest = max(map(cells_of, ("submission", *map(line, names or ()))))
        self._widths = [min(longest, max(self._page.width - others, _SHORTEST_NAME)), assignment, *_COLUMNS.values()]
        self._add_row(["submission", "assignment", *_COLUMNS], "bold")

    def add(self, report: Report) -> None:
        """Print what one submission earned."""
        self._reports.append(report)
        if self._full or not self._several:
            print_report(report, self._screen, full=self._full)
        marks = map(number, (report.score, report.decided, report.pending))
        grade = "–".join(dict.fromkeys((*report.letters[-1:], *report.letters[:1])))
        self._add_row([line(report.submission), report.assignment, *marks, f"{report.seconds.total:.2f}", grade])
        self._show_row()

    def refuse(self, name: str, why: str) -> None:
        """Print why one could not be graded; of one alone that is told as an error."""
        self._refused += 1
        self._page.columns(Span(line(name), "", self._widths[0]), Span(f"not graded: {why}", "red"), gap=_GAP)
        self._show_row()

    def close(self) -> None:
        """Of several, print how many there were, and the notes that all reports share."""
        if not self._several:
            return
        notes = dict.fromkeys(note for report in self._reports for note in report.notes)
        shared = [note for note in notes if all(note in report.notes for report in self._reports)]
        counts = f"{len(self._reports)} graded" + (f", {self._refused} not" if self._refused else "")
        self._page.blank()
        self._page.facts(("in all", counts, ""), *(("note", note, "") for note in shared))
        self._page.show()

    def _show_row(self) -> None:
        if self._several and not self._full:
            self._page.show()

    def _add_row(self, texts: Sequence[str], style: str = "") -> None:
        columns = enumerate(zip(texts, self._widths, strict=True))
        self._page.columns(*(Span(text, style, width, right=i > 1) for i, (text, width) in columns), gap=_GAP)
