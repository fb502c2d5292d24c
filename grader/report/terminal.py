"""A graded submission as a student reads it: each part's criteria, what failed and why, what waits, the sum."""

from itertools import zip_longest

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model.report import CriterionReport, PartReport, Report
from grader.model.verdict import Status
from grader.report.plain import line, words

WIDEST = 110  # columns; a line longer than this is hard to follow from its title to its marks
MARKS_COLUMN = 12

SHOWN_AS = {
    Status.PASSED: ("✓", "passed", "green"),
    Status.FAILED: ("✗", "failed", "red"),
    Status.BLOCKED: ("–", "blocked", "yellow"),
    Status.NOT_ATTEMPTED: ("–", "not attempted", "dim"),
    Status.NEEDS_PERSON: ("?", "a person marks", "cyan"),
    Status.GRADER_ERROR: ("?", "grader's fault", "magenta"),
}


def print_report(report: Report, console: Console) -> None:
    """Print one submission's report. Colours are the console's to give: none where it is no terminal."""
    _print_header(report, console)
    for part in report.parts:
        if any(not _only_waits(criterion) for criterion in part.criteria):
            _print_part(part, console)
    _print_waiting(report, console)
    _print_footer(report, console)


def number(marks: float) -> str:
    """Marks as a person writes them: at most two decimals, none that say nothing."""
    return f"{marks:.2f}".rstrip("0").rstrip(".")


def in_all(marks: float, bonus: float) -> str:
    """An assignment's marks in words: "10 in all and 1 bonus"."""
    return f"{number(marks)} in all" + (f" and {number(bonus)} bonus" if bonus else "")


def _only_waits(criterion: CriterionReport) -> bool:
    return criterion.status is Status.NEEDS_PERSON


def _print_header(report: Report, console: Console) -> None:
    console.print(Text(line(f"{report.assignment} · {report.submission}"), "bold"))
    isolation = Text(report.isolation)
    if report.isolation == "none":
        isolation.append("  (no sandbox: the submission's code ran as you)", "yellow")
    console.print(_facts(("isolation", isolation), ("device", words(report.device))))


def _print_part(part: PartReport, console: Console) -> None:
    console.print()
    waits = f" ({number(part.pending)} waiting)" if part.pending else ""
    heading = _row(console)
    heading.add_row(words(f"{part.id}  {_title(part)}", "bold"), Text(f"{_marks(part.earned, part.possible)}{waits}"))
    console.print(heading)
    several = len({c.exercise for c in part.criteria if c.exercise}) > 1
    exercise = None
    criteria = [criterion for criterion in part.criteria if not _only_waits(criterion)]
    for criterion, following in zip_longest(criteria, criteria[1:]):
        if several and criterion.exercise != exercise:
            exercise = criterion.exercise
            console.print(Padding(words(exercise or "", "dim"), (0, 0, 0, 2)))
        _print_criterion(criterion, console)
        if criterion.status is not Status.PASSED and not _same_reason(criterion, following):
            _print_reason(criterion, console)


def _same_reason(criterion: CriterionReport, following: CriterionReport | None) -> bool:
    """Neighbours that are blocked by one criterion, or were not attempted, need only be told why once."""
    return following is not None and (
        (criterion.exercise, criterion.status, criterion.message, criterion.hint, criterion.reproduce)
        == (following.exercise, following.status, following.message, following.hint, following.reproduce)
    )


def _print_criterion(criterion: CriterionReport, console: Console) -> None:
    mark, status, style = SHOWN_AS[criterion.status]
    table = Table.grid(padding=(0, 1), expand=True)
    table.width = _width(console)
    table.add_column(width=3, justify="right")
    table.add_column(width=14, no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(width=MARKS_COLUMN, justify="right", no_wrap=True)
    marks = f"{number(criterion.pending)} waiting"
    if not criterion.pending:
        marks = f"{number(criterion.earned)}/{number(criterion.possible)}"
    table.add_row(Text(mark, style), Text(status, style), words(criterion.title), marks)
    console.print(table)


def _print_reason(criterion: CriterionReport, console: Console) -> None:
    for text, label in ((criterion.message, ""), (criterion.hint, "hint: ")):
        if text:
            console.print(Padding(Text(label, "bold").append_text(words(text)), (0, 0, 0, 4)))
    if criterion.reproduce:  # never broken into lines, so that it can be copied
        console.print(Text(f"    reproduce: {line(criterion.reproduce)}", "dim"), soft_wrap=True)


def _print_waiting(report: Report, console: Console) -> None:
    waiting = [part for part in report.parts if any(_only_waits(c) for c in part.criteria)]
    if not waiting:
        return
    console.print()
    console.print(Text("Waits for a person", "bold"))
    table = Table.grid(padding=(0, 2))
    table.width = _width(console)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for part in waiting:
        reasons = dict.fromkeys(c.message for c in part.criteria if _only_waits(c) and c.message)
        title = words(_title(part)).append_text(Text("".join(f" – {line(r)}" for r in reasons), "dim"))
        marks = sum(c.possible for c in part.criteria if _only_waits(c))
        table.add_row(Text(f"  {line(part.id)}"), title, Text(f"{number(marks)} {_mark_or_marks(marks)}"))
    console.print(table)


def _print_footer(report: Report, console: Console) -> None:
    score = Text.assemble(
        (f"{number(report.score)} of {number(report.decided)}", "bold"),
        f" {_mark_or_marks(report.decided)} graded here",
    )
    seconds = report.seconds
    spent = f"{seconds.total:.2f} s (sandbox start {seconds.start:.2f} s, submission {seconds.student:.2f} s)"
    facts = [("score", score)]
    if report.pending:
        verb = "waits" if report.pending == 1 else "wait"
        pending = f"{number(report.pending)} {_mark_or_marks(report.pending)} {verb} for a person"
        facts.append(("pending", Text(f"{pending}; {in_all(report.possible, report.bonus)}")))
    if report.letters:
        facts.append(("grade", _grade(report.letters)))
    facts.append(("time", Text(spent)))
    facts.extend(("note", words(note)) for note in report.notes)
    console.print()
    console.print(_facts(*facts))
    console.print()


def _grade(letters: tuple[str, ...]) -> Text:
    """The letter; where marks are pending, the range that is left of them."""
    if len(letters) == 1:
        return words(letters[0], "bold")
    return words(f"{letters[-1]} to {letters[0]}, by what a person gives")


def _facts(*facts: tuple[str, Text]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in facts:
        table.add_row(name, value)
    return table


def _row(console: Console) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.width = _width(console)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    return table


def _width(console: Console) -> int:
    return min(console.width, WIDEST)


def _title(part: PartReport) -> str:
    return f"{part.title} (bonus)" if part.bonus else part.title


def _marks(earned: float, possible: float) -> str:
    return f"{number(earned)}/{number(possible)} {_mark_or_marks(possible)}"


def _mark_or_marks(marks: float) -> str:
    return "mark" if marks == 1 else "marks"
