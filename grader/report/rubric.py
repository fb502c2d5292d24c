"""An assignment's rubric for the terminal: parts, marks and who marks them, letters, lateness."""

from collections.abc import Iterator, Mapping

from grader.course.folder import Exercise
from grader.model.assignment import AssignmentRubric, Item, LatePolicy, Part
from grader.report.layout import Page, Screen, Span
from grader.report.terminal import in_all, number


def print_rubric(id_: str, rubric: AssignmentRubric, exercises: Mapping[str, Exercise], screen: Screen) -> None:
    """Print one assignment's rubric. `exercises` are the course's, by id."""
    page = Page(screen)
    page.whole(f"{id_} · {rubric.title}", "bold")
    page.blank()
    page.table(_rows(rubric, exercises), flexible=1, at_most=page.width)
    page.blank()
    page.facts(*_facts(rubric, exercises))
    page.show()


def _rows(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> Iterator[tuple[Span, ...]]:
    def row(part: str, question: str, marks: str, who: str = "", style: str = "") -> tuple[Span, ...]:
        return Span(part, style), Span(question, style), Span(marks, style, right=True), Span(who, style)

    yield row("part", "question", "marks", "who marks", "bold")
    headed: set[str] = set()
    for part in rubric.parts:
        for section in rubric.sections:
            if section.holds(part) and section.id not in headed and section.id != part.id:
                headed.add(section.id)
                yield row(section.id, section.title, number(section.marks), style="bold")
        title = f"{part.title} (bonus)" if part.bonus else part.title
        yield row(f"  {part.id}", title, number(part.marks), _who_marks(part, exercises))


def _who_marks(part: Part, exercises: Mapping[str, Exercise]) -> str:
    lines = [f"{_way(item, exercises)} {item.exercise} {number(item.marks)}" for item in part.items]
    return "\n".join([*lines, *([f"person {number(part.person_marks)}"] if part.person_marks else [])])


def _way(item: Item, exercises: Mapping[str, Exercise]) -> str:
    """Both are marked by the program: what code computes, or an answer written into the answers' file."""
    return "answer" if exercises[item.exercise].written else "auto"


def _facts(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> Iterator[tuple[str, str, str]]:
    sums = {"auto": 0.0, "answer": 0.0, "person": sum(part.person_marks for part in rubric.parts)}
    for item in (item for part in rubric.parts for item in part.items):
        sums[_way(item, exercises)] += item.marks
    by = ", ".join(f"{way} {number(marks)}" for way, marks in sums.items())
    yield "marks", f"{in_all(rubric.marks, rubric.bonus)}; {by}", ""
    late = late_in_words(rubric.late) if rubric.late else ""
    facts = {"letters": letters_in_words(rubric.letters), "late": late, "hand in": rubric.hand_in.strip()}
    yield from ((name, text, "") for name, text in facts.items() if text)


def letters_in_words(letters: Mapping[str, float]) -> str:
    return ", ".join(f"{letter} from {number(least)} %" for letter, least in letters.items())


def late_in_words(policy: LatePolicy) -> str:
    """What lateness costs, and when it begins."""
    by = "without asking" if policy.grace_is_automatic else "where the student asks for it"
    days = policy.grace_days
    grace = f"; each student has {days} days of grace for the course, used {by}" if days else ""
    due = f"; due {policy.due:%Y-%m-%d %H:%M %Z}" if policy.due else ""
    return f"{number(policy.percent_a_day)} % of the marks earned for each day begun{grace}{due}"
