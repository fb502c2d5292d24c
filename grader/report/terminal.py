"""A graded submission as a student reads it: the score and its parts, what lost marks and why, what waits."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from grader.model.report import CriterionReport, PartReport, Report
from grader.model.verdict import Status
from grader.report.layout import Page, Screen, Span, widest

MARKS_COLUMN = 12
LOST = frozenset({Status.FAILED, Status.BLOCKED, Status.NOT_ATTEMPTED})

SHOWN_AS = {
    Status.PASSED: ("✓", "passed", "green"),
    Status.FAILED: ("✗", "failed", "red"),
    Status.BLOCKED: ("–", "blocked", "yellow"),
    Status.NOT_ATTEMPTED: ("–", "not attempted", "dim"),
    Status.NEEDS_PERSON: ("?", "a person marks", "cyan"),
    Status.GRADER_ERROR: ("?", "grader's fault", "magenta"),
}


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
    _add_table(page, parts)
    if full:
        for part in parts:
            _add_part(page, part, [c for c in part.criteria if not _only_waits(c)])
        _add_waiting_parts(page, parts)
    else:
        _add_lost(page, parts)
        _add_waiting_reasons(page, parts)
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


def _asked_for(report: Report) -> tuple[PartReport, ...]:
    """The parts with something that was graded in this run, where anything was left out; else every part."""
    if not any(c.left_out for part in report.parts for c in part.criteria):
        return report.parts
    kept = (part for part in report.parts if any(c.exercise and not c.left_out for c in part.criteria))
    return tuple(p.model_copy(update={"criteria": tuple(c for c in p.criteria if not c.left_out)}) for p in kept)


def _only_waits(criterion: CriterionReport) -> bool:
    return criterion.status is Status.NEEDS_PERSON


def _score(report: Report, parts: Sequence[PartReport]) -> Iterator[tuple[str, str, str]]:
    decided = f"{number(report.decided)} {_mark_or_marks(report.decided)}"
    yield "score", f"{number(report.score)} of {decided} graded here", "bold"
    waits = round(sum(part.pending for part in parts), 6)
    left_out = round(report.pending - waits, 6)
    if waits:
        verb = "waits" if waits == 1 else "wait"
        yield "pending", f"{number(waits)} {_mark_or_marks(waits)} {verb} for a person; {_whole(report)}", ""
    if left_out:
        yield "left out", f"{number(left_out)} {_mark_or_marks(left_out)} (--only); {_whole(report)}", ""
    if report.letters and not left_out:
        yield "grade", _grade(report.letters), "bold" if len(report.letters) == 1 else ""


def _whole(report: Report) -> str:
    return in_all(report.possible, report.bonus)


def _grade(letters: tuple[str, ...]) -> str:
    """The letter; where marks are pending, the range that is left of them."""
    return letters[0] if len(letters) == 1 else f"{letters[-1]} to {letters[0]}, by what a person gives"


def _add_table(page: Page, parts: Sequence[PartReport]) -> None:
    ids = widest(["part", *(part.id for part in parts)])
    marks = widest(["marks", *map(_decided_marks, parts)])
    waits = widest(["waits"]) if any(part.pending for part in parts) else 0

    def row(style: str, id_: str, title: str, decided: str, pending: str, colour: str = "") -> None:
        cells = [Span(id_, style, ids), Span(title, style), Span(decided, colour or style, marks, right=True)]
        page.columns(*cells, *([Span(pending, style, waits, right=True)] if waits else []), gap=2)

    row("bold", "part", "title", "marks", "waits")
    for part in parts:
        pending = number(part.pending) if part.pending else ""
        row("", part.id, _title(part), _decided_marks(part), pending, _colour(part))


def _decided(part: PartReport) -> float:
    return round(sum(c.possible for c in part.criteria) - part.pending, 6)


def _decided_marks(part: PartReport) -> str:
    return f"{number(part.earned)}/{number(_decided(part))}" if _decided(part) else ""


def _colour(part: PartReport) -> str:
    if not part.earned:
        return "red"
    return "green" if part.earned >= _decided(part) else "yellow"


def _add_lost(page: Page, parts: Sequence[PartReport]) -> None:
    lost = [(part, [c for c in part.criteria if c.status in LOST]) for part in parts]
    if any(criteria for _, criteria in lost):
        page.blank()
        page.paragraph("What lost marks", "bold")
    for part, criteria in lost:
        _add_part(page, part, list(_briefly(criteria)))


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
    decided = f"{_decided_marks(part)} {_mark_or_marks(_decided(part))}" if _decided(part) else ""
    marks = ", ".join(filter(None, (decided, f"{number(part.pending)} waiting" if part.pending else "")))
    page.columns(Span(f"{part.id}  {_title(part)}", "bold"), Span(marks, "", len(marks), right=True))
    several = len({c.exercise for c in part.criteria if c.exercise}) > 1
    exercise = None
    for criterion, following in zip_longest(criteria, criteria[1:]):
        if several and criterion.exercise != exercise:
            exercise = criterion.exercise
            page.paragraph(exercise or "", "dim", indent=2)
        _add_criterion(page, criterion)
        if criterion.status is not Status.PASSED and not _same_reason(criterion, following):
            _add_reason(page, criterion)


def _same_reason(criterion: CriterionReport, following: CriterionReport | None) -> bool:
    """Neighbours that are blocked by one criterion, or were not attempted, need only be told why once."""
    return following is not None and (
        (criterion.exercise, criterion.status, criterion.message, criterion.hint, criterion.reproduce)
        == (following.exercise, following.status, following.message, following.hint, following.reproduce)
    )


def _add_criterion(page: Page, criterion: CriterionReport) -> None:
    mark, status, style = SHOWN_AS[criterion.status]
    marks = f"{number(criterion.pending)} waiting"
    if not criterion.pending:
        marks = f"{number(criterion.earned)}/{number(criterion.possible)}"
    cells = Span(mark, style, 3, right=True), Span(status, style, 14), Span(criterion.title)
    page.columns(*cells, Span(marks, "", MARKS_COLUMN, right=True))


def _add_reason(page: Page, criterion: CriterionReport) -> None:
    for text, label in ((criterion.message, ""), (criterion.hint, "hint: ")):
        if text:
            page.paragraph(text, indent=4, label=label)
    if criterion.reproduce:
        page.whole(f"    reproduce: {criterion.reproduce}", "dim")


def _add_waiting_reasons(page: Page, parts: Sequence[PartReport]) -> None:
    """A line for each reason why marks wait; the table has told how many in which part."""
    reasons: dict[str, dict[str, float]] = {}
    for part in parts:
        for criterion in part.criteria:
            if criterion.pending:
                marks = reasons.setdefault(criterion.message or "for a person to mark", {})
                marks[part.id] = marks.get(part.id, 0.0) + criterion.pending
    if not reasons:
        return
    page.blank()
    page.paragraph("Waits for a person", "bold")
    sums = {reason: round(sum(marks.values()), 6) for reason, marks in reasons.items()}
    width = widest([number(marks) for marks in sums.values()])
    for reason, marks in reasons.items():
        page.columns(
            Span("", width=1),
            Span(number(sums[reason]), width=width, right=True),
            Span(_mark_or_marks(sums[reason]), width=5),
            Span(f"{reason}: {', '.join(marks)}"),
        )


def _add_waiting_parts(page: Page, parts: Sequence[PartReport]) -> None:
    waiting = [part for part in parts if any(_only_waits(c) for c in part.criteria)]
    if not waiting:
        return
    page.blank()
    page.paragraph("Waits for a person", "bold")
    ids = widest([part.id for part in waiting])
    for part in waiting:
        asked = [c for c in part.criteria if _only_waits(c)]
        reasons = dict.fromkeys(c.message for c in asked if c.message)
        marks = sum(c.possible for c in asked)
        shown = f"{number(marks)} {_mark_or_marks(marks)}"
        title = "".join((_title(part), *(f" – {reason}" for reason in reasons)))
        page.columns(
            Span("", width=0), Span(part.id, width=ids), Span(title), Span(shown, width=len(shown), right=True), gap=2
        )


def _circumstances(report: Report) -> Iterator[tuple[str, str, str]]:
    unsafe = report.isolation == "none"
    yield (
        "isolation",
        report.isolation + ("  (no sandbox: the submission's code ran as you)" if unsafe else ""),
        "yellow" if unsafe else "",
    )
    yield "device", report.device, ""
    yield "course", f"{report.course.folder} ({report.course.digest[:8]})", ""
    seconds = report.seconds
    spent = f"{seconds.total:.2f} s (sandbox start {seconds.start:.2f} s, submission {seconds.student:.2f} s)"
    yield "time", spent, ""
    yield from (("note", note, "") for note in report.notes)


def _title(part: PartReport) -> str:
    return f"{part.title} (bonus)" if part.bonus else part.title


def _mark_or_marks(marks: float) -> str:
    return "mark" if marks == 1 else "marks"
