"""A report for a notebook: an HTML table, and the terminal's report as plain text."""

from html import escape
from io import StringIO

from rich.console import Console

from grader.model.report import CriterionReport, Report
from grader.model.verdict import Status
from grader.report.plain import line, plain
from grader.report.terminal import SHOWN_AS, WIDEST, number, print_report

_COLOURS = {
    Status.PASSED: "#1a7f37",
    Status.FAILED: "#cf222e",
    Status.GRADER_ERROR: "#8250df",
    Status.NEEDS_PERSON: "#0969da",
}
_OTHERWISE = "#7d6608"
_CELL = "text-align: left; vertical-align: top; padding: 4px 8px"


class Checked:
    """What a check found. A notebook shows it as a table, a terminal as text."""

    def __init__(self, report: Report) -> None:
        self.report = report

    @property
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return all(c.status is Status.PASSED for part in self.report.parts for c in part.criteria)

    def __repr__(self) -> str:
        return report_text(self.report)

    def _repr_html_(self) -> str:
        return report_html(self.report)


def report_text(report: Report) -> str:
    """The report as the terminal shows it, without colours."""
    text = StringIO()
    print_report(report, Console(file=text, width=WIDEST, highlight=False, color_system=None, force_jupyter=False))
    return text.getvalue()


def report_html(report: Report) -> str:
    """An HTML fragment: one row for each criterion, with reasons and hints; nothing in it comes from elsewhere."""
    rows = "".join(_rows(part.title, part.criteria) for part in report.parts)
    notes = "".join(f"<p>{escape(line(note))}</p>" for note in report.notes)
    score = f"{number(report.score)} of {number(report.decided)}"
    return (
        f'<table style="border-collapse: collapse"><tbody>{rows}</tbody></table>'
        f"<p><b>{escape(score)}</b> on the public cases, in {report.seconds.total:.2f} s</p>{notes}"
    )


def _rows(title: str, criteria: tuple[CriterionReport, ...]) -> str:
    heading = f'<tr><th colspan="3" style="{_CELL}">{escape(line(title))}</th></tr>'
    return heading + "".join(_row(criterion) for criterion in criteria)


def _row(criterion: CriterionReport) -> str:
    mark, status, _ = SHOWN_AS[criterion.status]
    colour = _COLOURS.get(criterion.status, _OTHERWISE)
    claim = escape(line(criterion.title))
    if criterion.status is not Status.PASSED:
        if criterion.message:
            claim += f'<br><code style="white-space: pre-wrap">{escape(plain(criterion.message))}</code>'
        if criterion.hint:
            claim += f"<br><b>hint:</b> {escape(plain(criterion.hint))}"
    marks = f"{number(criterion.earned)}/{number(criterion.possible)}"
    return (
        f'<tr><td style="{_CELL}; color: {colour}; white-space: nowrap">{mark} {status}</td>'
        f'<td style="{_CELL}">{claim}</td><td style="{_CELL}; white-space: nowrap">{marks}</td></tr>'
    )
