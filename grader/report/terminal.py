"""A graded submission as a student reads it: the score and its parts, what lost marks and why, what waits."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from operator import attrgetter

from grader.model.report import CriterionReport, PartReport, Report, Status
from grader.report.layout import Page, Screen, Span

LOST = frozenset({Status.FAILED, Status.BLOCKED, Status.NOT_ATTEMPTED})
SHOWN_AS = {
    Status.PASSED: ("✓", "passed", "green"),
    Status.FAILED: ("✗", "failed", "red"),
    Status.BLOCKED: ("–", "blocked", "yellow"),
    Status.NOT_ATTEMPTED: ("–", "not attempted", "dim"),
    Status.NEEDS_PERSON: ("?", "a person marks", "cyan"),
    Status.GRADER_ERROR: ("?", "grader's fault", "magenta"),
}
_MARKS_COLUMN = 12
_reason = attrgetter("exercise", "status", "message", "hint", "reproduce")


def print_report(report: Report, screen: Screen, *, full: bool = False) -> None:
    """Print one submission's report: what lost marks and what waits; with `full`, every criterion.

    Of a run that left exercises out, only the parts with what was asked for are shown.
    """
    page = Page(screen)
    parts = _asked_for(report)
    page.whole(f"{report.assignment} · {report.submission}", "bold")
    page.blank()
    page.facts(*_score(report, parts))
    page.blank()
    page.table(_table(parts), flexible=1)
    lost = [list(_briefly(c for c in part.criteria if c.status in LOST)) for part in parts]
    if not full and any(lost):
        page.blank()
        page.paragraph("What lost marks", "bold")
    for part, briefly in zip(parts, lost, strict=True):
        graded = [c for c in part.criteria if c.status is not Status.NEEDS_PERSON]
        _add_part(page, part, graded if full else briefly)
    waiting, flexible = (_waiting_parts(parts), 2) if full else (_waiting_reasons(parts), 3)
    if waiting:
        page.blank()
        page.paragraph("Waits for a person", "bold")
        page.table(waiting, flexible, gap=2 if full else 1)
    page.blank()
    page.facts(*_circumstances(report))
    page.blank()
    page.show()


def number(marks: float) -> str:
    """Marks as a person writes them: at most two decimals, none that say nothing."""
    return f"{marks:.2f}".rstrip("0").rstrip(".")


def in_all(marks: float, bonus: float) -> str:
    """An assignment's marks in words: "10 in all and 1 bonus"."""
    return f"{number(marks)} in all" + (f" and {number(bonus)} bonus" if bonus else "")


def _in_words(marks: float) -> str:
    return f"{number(marks)} {'mark' if marks == 1 else 'marks'}"


def _asked_for(report: Report) -> tuple[PartReport, ...]:
    """The parts with something that was graded in this run, where anything was left out; else every part."""
    if not any(c.left_out for part in report.parts for c in part.criteria):
        return report.parts
    kept = (part for part in report.parts if any(c.exercise and not c.left_out for c in part.criteria))
    return tuple(p.model_copy(update={"criteria": tuple(c for c in p.criteria if not c.left_out)}) for p in kept)


def _score(report: Report, parts: Sequence[PartReport]) -> Iterator[tuple[str, str, str]]:
    yield "score", f"{number(report.score)} of {_in_words(report.decided)} graded here", "bold"
    whole = in_all(report.possible, report.bonus)
    waits = round(sum(part.pending for part in parts), 6)
    left_out = round(report.pending - waits, 6)
    if waits:
        yield "pending", f"{_in_words(waits)} {'waits' if waits == 1 else 'wait'} for a person; {whole}", ""
    if left_out:
        yield "left out", f"{_in_words(left_out)} (--only); {whole}", ""
    elif len(report.letters) == 1:
        yield "grade", report.letters[0], "bold"
    elif report.letters:
        yield "grade", f"{report.letters[-1]} to {report.letters[0]}, by what a person gives", ""


def _table(parts: Sequence[PartReport]) -> Iterator[Sequence[Span]]:
    columns = 4 if any(part.pending for part in parts) else 3
    heads = Span("part", "bold"), Span("title", "bold"), Span("marks", "bold", right=True)
    yield (*heads, Span("waits", "bold", right=True))[:columns]
    for part in parts:
        colour = "red" if not part.earned else "green" if part.earned >= part.decided else "yellow"
        pending = number(part.pending) if part.pending else ""
        row = Span(part.id), Span(_title(part)), Span(_marks(part), colour, right=True), Span(pending, right=True)
        yield row[:columns]


def _title(part: PartReport) -> str:
    return f"{part.title} (bonus)" if part.bonus else part.title


def _marks(part: PartReport) -> str:
    return f"{number(part.earned)}/{number(part.decided)}" if part.decided else ""


def _briefly(criteria: Iterable[CriterionReport]) -> Iterator[CriterionReport]:
    """What was not attempted of an exercise is one line: its first reason says what is missing."""
    for (_, missing), group in groupby(criteria, lambda c: (c.exercise, c.status is Status.NOT_ATTEMPTED)):
        same = list(group)
        if not missing or len(same) == 1:
            yield from same
        else:
            marks = round(sum(c.possible for c in same), 6)
            yield same[0].model_copy(update={"title": f"{len(same)} criteria", "possible": marks})


def _add_part(page: Page, part: PartReport, criteria: Sequence[CriterionReport]) -> None:
    if not criteria:
        return
    page.blank()
    decided = f"{number(part.earned)}/{_in_words(part.decided)}" if part.decided else ""
    marks = ", ".join(filter(None, (decided, f"{number(part.pending)} waiting" if part.pending else "")))
    page.columns(Span(f"{part.id}  {_title(part)}", "bold"), Span(marks, "", len(marks), right=True))
    several = len({c.exercise for c in part.criteria if c.exercise}) > 1
    exercise = None
    for criterion, following in zip_longest(criteria, criteria[1:]):
        if several and criterion.exercise != exercise:
            exercise = criterion.exercise
            page.paragraph(exercise or "", "dim", indent=2)
        mark, status, style = SHOWN_AS[criterion.status]
        earned = f"{number(criterion.earned)}/{number(criterion.possible)}"
        shown = f"{number(criterion.pending)} waiting" if criterion.pending else earned
        cells = Span(mark, style, 3, right=True), Span(status, style, 14), Span(criterion.title)
        page.columns(*cells, Span(shown, "", _MARKS_COLUMN, right=True))
        # neighbours that are blocked by one criterion, or were not attempted, need only be told why once
        told = following is not None and _reason(criterion) == _reason(following)
        if criterion.status is not Status.PASSED and not told:
            _add_reason(page, criterion)


def _add_reason(page: Page, criterion: CriterionReport) -> None:
    for text, label in ((criterion.message, ""), (criterion.hint, "hint: ")):
        if text:
            page.paragraph(text, indent=4, label=label)
    if criterion.reproduce:
        page.whole(f"    reproduce: {criterion.reproduce}", "dim")


def _waiting_reasons(parts: Sequence[PartReport]) -> Sequence[Sequence[Span]]:
    """A line for each reason why marks wait; the table has told how many in which part."""
    reasons: dict[str, dict[str, float]] = {}
    for part in parts:
        for criterion in filter(attrgetter("pending"), part.criteria):
            marks = reasons.setdefault(criterion.message or "for a person to mark", {})
            marks[part.id] = marks.get(part.id, 0.0) + criterion.pending
    rows = []
    for reason, marks in reasons.items():
        sum_, _, unit = _in_words(round(sum(marks.values()), 6)).partition(" ")
        rows.append((Span(" "), Span(sum_, right=True), Span(unit), Span(f"{reason}: {', '.join(marks)}")))
    return rows


def _waiting_parts(parts: Sequence[PartReport]) -> Sequence[Sequence[Span]]:
    rows = []
    for part in parts:
        asked = [c for c in part.criteria if c.status is Status.NEEDS_PERSON]
        if asked:
            title = " – ".join((_title(part), *dict.fromkeys(c.message for c in asked if c.message)))
            marks = _in_words(sum(c.possible for c in asked))
            rows.append((Span(""), Span(part.id), Span(title), Span(marks, right=True)))
    return rows


def _circumstances(report: Report) -> Iterator[tuple[str, str, str]]:
    unsafe = "  (no sandbox: the submission's code ran as you)" if report.isolation == "none" else ""
    yield "isolation", f"{report.isolation}{unsafe}", "yellow" if unsafe else ""
    yield "device", report.device, ""
    yield "course", f"{report.course.folder} ({report.course.digest[:8]})", ""
    took = report.seconds
    yield "time", f"{took.total:.2f} s (sandbox start {took.start:.2f} s, submission {took.student:.2f} s)", ""
    yield from (("note", note, "") for note in report.notes)
