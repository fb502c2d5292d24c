"""A report for a notebook: an HTML table, and the terminal's report as plain text."""

from dataclasses import dataclass
from io import StringIO

from jinja2 import Environment, PackageLoader

from grader.model.report import Report, Status
from grader.report.layout import WIDEST, Screen
from grader.report.plain import line, plain
from grader.report.terminal import SHOWN_AS, number, print_report

_COLOURS = {
    Status.PASSED: "#1a7f37",
    Status.FAILED: "#cf222e",
    Status.GRADER_ERROR: "#8250df",
    Status.NEEDS_PERSON: "#0969da",
}
_environment = Environment(loader=PackageLoader("grader.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_environment.filters |= {"line": line, "plain": plain, "number": number}


@dataclass(frozen=True, repr=False)
class Checked:
    """What a check found. A notebook shows it as a table, a terminal as text."""

    report: Report

    @property
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return all(c.status is Status.PASSED for part in self.report.parts for c in part.criteria)

    def __repr__(self) -> str:
        text = StringIO()
        print_report(self.report, Screen(text, WIDEST))
        return text.getvalue()

    def _repr_html_(self) -> str:
        """One row for each criterion, with reasons and hints; nothing in it comes from elsewhere."""
        template = _environment.get_template("checked.html")
        return template.render(report=self.report, shown_as=SHOWN_AS, colours=_COLOURS, passed=Status.PASSED)
