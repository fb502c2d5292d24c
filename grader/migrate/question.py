"""What another grader's notebook asks for, in one form whatever the format: questions and their tests."""

import re
from dataclasses import dataclass, field

from grader.authoring.handout.handout import BEGIN, END, fill_regions, without_marks
from grader.migrate.notebooks import plain

MARKED_BY_HAND = "marked by hand there too"  # why a person marks it
_PROMPTS = {"code": "# Your answer here", "markdown": "*Your answer here.*"}
_MARKER = re.compile(r"^([ \t]*).*\b(BEGIN|END) SOLUTION\b.*$\n?", re.M)


@dataclass(frozen=True)
class Cell:
    """One cell as its author solved it: code, or Markdown text."""

    kind: str  # "code" or "markdown"
    text: str  # with solution regions between the markers of grader.authoring.handout.handout, where it has some
    is_answer: bool = False  # all of it is the solution

    @property
    def solved(self) -> str:
        return without_marks(self.text)

    @property
    def marked(self) -> str:
        """With the whole between markers, where all of it is the solution."""
        return f"{BEGIN}\n{self.text}\n{END}" if self.is_answer else self.text

    @property
    def prompt(self) -> str:
        """What students get to write into, where no exercise is made of it."""
        return fill_regions(self.marked, _PROMPTS[self.kind])


def answer(kind: str, text: str, *, whole: bool = True) -> Cell:
    """A cell with solution regions, which the source marks by lines with `BEGIN SOLUTION` and `END SOLUTION`.

    With `whole`, one that marks none is a solution altogether; so is one whose regions do not close.
    """
    verbs = [verb for _, verb in _MARKER.findall(text)]
    if verbs != ["BEGIN", "END"] * (len(verbs) // 2):
        return Cell(kind, _MARKER.sub("", text).rstrip("\n"), is_answer=True)
    ours = _MARKER.sub(lambda marker: f"{marker[1]}{BEGIN if marker[2] == 'BEGIN' else END}\n", text)
    return Cell(kind, ours.removesuffix("\n"), is_answer=whole and not verbs)


@dataclass(frozen=True)
class TestCell:
    """Code that passes where the answer is right."""

    name: str
    code: str
    points: float
    hidden: bool = False


@dataclass
class Question:
    """Cells to be answered, and what decides over their marks: tests, else a person."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    tests: list[TestCell] = field(default_factory=list)
    person_points: float = 0.0
    guide: str = ""  # for the person
    reason: str = ""  # why a person marks it, where the source leaves it to its tests

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests) + self.person_points

    @property
    def title(self) -> str:
        """The question's first heading, else its name."""
        text = "\n".join(cell.prompt for cell in self.cells if cell.kind == "markdown")
        heading = re.search(r"^#+\s*(.+)$", text, re.M)
        return heading[1].strip() if heading else self.name

    @property
    def code(self) -> str:
        return code_of(self.cells)


@dataclass
class Sheet:
    """One notebook: given cells and questions in order."""

    name: str
    blocks: list[Cell | Question] = field(default_factory=list)

    @property
    def questions(self) -> list[Question]:
        return [block for block in self.blocks if isinstance(block, Question)]


def code_of(cells: list[Cell]) -> str:
    """Their code, solved, as plain Python; nothing of cells that are none."""
    return "\n".join(plain(cell.solved).code for cell in cells if cell.kind == "code")


def free_name(name: str, taken: set[str], joint: str = "-") -> str:
    """The name, with a number behind it where it is taken already; it is taken then."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}{joint}{number}", number + 1
    taken.add(free)
    return free
