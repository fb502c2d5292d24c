"""Several submissions at a glance: one line each."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model.report import Refusal, Report
from grader.report.plain import line
from grader.report.terminal import number


def print_summary(reports: Sequence[Report], refused: Sequence[Refusal], console: Console) -> None:
    """Print a table with what each submission earned, then those that could not be graded, with the reason."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("submission", overflow="fold")
    table.add_column("assignment", no_wrap=True)
    for heading in ("score", "of", "pending", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for report in reports:
        marks = (number(report.score), number(report.decided), number(report.pending))
        table.add_row(
            Text(line(report.submission)), Text(line(report.assignment)), *marks, f"{report.seconds.total:.2f}"
        )
    console.print(table)
    for refusal in refused:
        console.print(Text(f"not graded: {line(refusal.error)}", "red"))
