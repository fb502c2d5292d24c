"""An assignment's rubric for the terminal: parts, marks and who marks them, letters, lateness."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.course.folder import Exercise
from grader.model.assignment import AssignmentRubric, Item, LatePolicy, Part
from grader.report.layout import WIDEST
from grader.report.terminal import in_all, number


def print_rubric(id_: str, rubric: AssignmentRubric, exercises: Mapping[str, Exercise], console: Console) -> None:
    """Print one assignment's rubric. `exercises` are the course's, by id."""
    console.print(Text(f"{id_} · {rubric.title}", "bold"))
    console.print()
    console.print(_parts(rubric, exercises, min(console.width, WIDEST)))
    console.print()
    console.print(_facts(rubric, exercises))


def _parts(rubric: AssignmentRubric, exercises: Mapping[str, Exercise], width: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", width=width)
    table.add_column("part", no_wrap=True)
    table.add_column("question", ratio=1)
    table.add_column("marks", justify="right", no_wrap=True)
    table.add_column("who marks", no_wrap=True)
    headed: set[str] = set()
    for part in rubric.parts:
        for section in rubric.sections:
            if section.holds(part) and section.id not in headed and section.id != part.id:
                headed.add(section.id)
                table.add_row(section.id, section.title, number(section.marks), "", style="bold")
        bonus = " (bonus)" if part.bonus else ""
        table.add_row(f"  {part.id}", f"{part.title}{bonus}", number(part.marks), _who_marks(part, exercises))
    return table


def _who_marks(part: Part, exercises: Mapping[str, Exercise]) -> str:
    lines = [f"{_way(item, exercises)} {item.exercise} {number(item.marks)}" for item in part.items]
    if part.person_marks:
        lines.append(f"person {number(part.person_marks)}")
    return "\n".join(lines)


def _way(item: Item, exercises: Mapping[str, Exercise]) -> str:
    """Both are marked by the program: what code computes, or an answer written into the answers' file."""
    return "answer" if exercises[item.exercise].rubric.kind == "answers" else "auto"


def _facts(rubric: AssignmentRubric, exercises: Mapping[str, Exercise]) -> Table:
    sums = {"auto": 0.0, "answer": 0.0, "person": sum(part.person_marks for part in rubric.parts)}
    for item in (item for part in rubric.parts for item in part.items):
        sums[_way(item, exercises)] += item.marks
    facts = {
        "marks": f"{in_all(rubric.marks, rubric.bonus)}; " + ", ".join(f"{k} {number(v)}" for k, v in sums.items()),
        "letters": letters_in_words(rubric.letters),
        "late": late_in_words(rubric.late) if rubric.late else "",
        "hand in": rubric.hand_in.strip(),
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, text in facts.items():
        if text:
            table.add_row(name, text)
    return table


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
