"""An assignment's rubric for the terminal: parts, marks and who marks them, letters, lateness."""

from collections.abc import Iterator, Mapping

from grader.course.folder import Exercise
from grader.model.assignment import AssignmentRubric, Item, LatePolicy, Part
from grader.report.layout import Page, Screen, Span, cells_of
from grader.report.terminal import in_all, number


def print_rubric(id_: str, rubric: AssignmentRubric, exercises: Mapping[str, Exercise], screen: Screen) -> None:
    """Print one assignment's rubric. `exercises` are the course's, by id."""
    page = Page(screen)
    page.whole(f"{id_} · {rubric.title}", "bold")
    page.blank()
    rows = [("bold", "part", "question", "marks", "who marks"), *_rows(rubric, exercises)]
    ids, _, sums, ways = (max(cells_of(t) for row in rows for t in row[i].splitlines() or [""]) for i in range(1, 5))
    for style, part, question, marks, who in rows:
        cells = Span(part, style, ids), Span(question, style), Span(marks, style, sums, right=True)
        page.columns(*cells, Span(who, style, ways), gap=2)
    page.blank()
    page.facts(*_facts(rubric, exercises))
    page.show()


def _rows(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> Iterator[tuple[str, str, str, str, str]]:
    headed: set[str] = set()
    for part in rubric.parts:
        for section in rubric.sections:
            if section.holds(part) and section.id not in headed and section.id != part.id:
                headed.add(section.id)
                yield "bold", section.id, section.title, number(section.marks), ""
        title = f"{part.title} (bonus)" if part.bonus else part.title
        yield "", f"  {part.id}", title, number(part.marks), _who_marks(part, exercises)


def _who_marks(part: Part, exercises: Mapping[str, Exercise]) -> str:
    lines = [f"{_way(item, exercises)} {item.exercise} {number(item.marks)}" for item in part.items]
    if part.person_marks:
        lines.append(f"person {number(part.person_marks)}")
    return "\n".join(lines)


def _way(item: Item, exercises: Mapping[str, Exercise]) -> str:
    """Both are marked by the program: what code computes, or an answer written into the answers' file."""
    return "answer" if exercises[item.exercise].rubric.kind == "answers" else "auto"


def _facts(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> list[tuple[str, str, str]]:
    sums = {"auto": 0.0, "answer": 0.0, "person": sum(part.person_marks for part in rubric.parts)}
    for item in (item for part in rubric.parts for item in part.items):
        sums[_way(item, exercises)] += item.marks
    facts = {
        "marks": f"{in_all(rubric.marks, rubric.bonus)}; " + ", ".join(f"{k} {number(v)}" for k, v in sums.items()),
        "letters": letters_in_words(rubric.letters),
        "late": late_in_words(rubric.late) if rubric.late else "",
        "hand in": rubric.hand_in.strip(),
    }
    return [(name, text, "") for name, text in facts.items() if text]


def letters_in_words(letters: Mapping[str, float]) -> str:
    return ", ".join(f"{letter} from {number(least)} %" for letter, least in letters.items())


def late_in_words(policy: LatePolicy) -> str:
    """What lateness costs, and when it begins."""
    by = "without asking" if policy.grace_is_automatic else "where the student asks for it"
    grace = (
        f"; each student has {policy.grace_days} days of grace for the course, used {by}" if policy.grace_days else ""
    )
    due = f"; due {policy.due:%Y-%m-%d %H:%M %Z}" if policy.due else ""
    return f"{number(policy.percent_a_day)} % of the marks earned for each day begun{grace}{due}"
