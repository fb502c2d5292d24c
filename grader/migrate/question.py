"""What another grader's notebook asks for, in one form whatever the format: questions and their tests."""

from dataclasses import dataclass, field

from grader.authoring.handout.handout import BEGIN, END

MARKED_BY_HAND = "marked by hand there too"  # why a person marks it
_PROMPTS = {"code": "# Your answer here", "markdown": "*Your answer here.*"}


@dataclass(frozen=True)
class Cell:
    """One cell as its author solved it: code, or Markdown text."""

    kind: str  # "code" or "markdown"
    text: str  # with solution regions between the markers of grader.authoring.handout.handout, where it has some
    is_answer: bool = False  # all of it is the solution

    @property
    def solved(self) -> str:
        return "\n".join(line for line in self.text.splitlines() if line.strip() not in (BEGIN, END))

    @property
    def marked(self) -> str:
        """With the whole between markers, where all of it is the solution."""
        return f"{BEGIN}\n{self.text}\n{END}" if self.is_answer else self.text

    @property
    def prompt(self) -> str:
        """What students get to write into, where no exercise is made of it."""
        lines: list[str] = []
        inside = False
        for line in self.marked.splitlines():
            if line.strip() in (BEGIN, END):
                inside = line.strip() == BEGIN
                lines += [line[: line.index("#")] + _PROMPTS[self.kind]] if inside else []
            elif not inside:
                lines.append(line)
        return "\n".join(lines)


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
    def code(self) -> str:
        """All its code, solved."""
        return "\n".join(cell.solved for cell in self.cells if cell.kind == "code")


@dataclass
class Sheet:
    """One notebook: given cells and questions in order."""

    name: str
    blocks: list[Cell | Question] = field(default_factory=list)

    @property
    def questions(self) -> list[Question]:
        return [block for block in self.blocks if isinstance(block, Question)]


@dataclass(frozen=True)
class Brought:
    """What became of one question's points."""

    where: str
    points: float | None  # in the source; None where they cannot be told
    exercise: float = 0.0
    person: float = 0.0
    why: str = ""  # a person has them, or they are left out


@dataclass
class Findings:
    """What an import found, for the instructor: remarks of one line each, and what became of all points."""

    lines: list[str] = field(default_factory=list)
    brought: list[Brought] = field(default_factory=list)
    points: float = 0.0  # of the source, counted cell by cell before anything is made of them

    def add(self, where: str, what: str) -> None:
        self.lines.append(f"{where}: {what}")

    def leave_out(self, where: str, points: float | None, why: str) -> None:
        self.brought.append(Brought(where, points, why=why))

    @property
    def left_out(self) -> str:
        """In words, for the message that there is nothing else; empty where nothing was left out."""
        points = (f"{one.points:g} points" if one.points is not None else "points unknown" for one in self.brought)
        return "".join(f"; {one.where} ({told}) {one.why}" for one, told in zip(self.brought, points, strict=True))


def free_name(name: str, taken: set[str], joint: str = "-") -> str:
    """The name, with a number behind it where it is taken already; it is taken then."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}{joint}{number}", number + 1
    taken.add(free)
    return free
