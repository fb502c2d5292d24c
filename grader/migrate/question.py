"""What another grader's notebook asks for, in one form whatever the format: questions and their tests."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cell:
    """One cell as students get it and as its author solved it: code, or Markdown text."""

    kind: str  # "code" or "markdown"
    text: str  # with solution regions between the markers of grader.authoring.handout.handout, where it has some


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

    @property
    def solution(self) -> str:
        """All its code, solved."""
        return "\n".join(cell.text for cell in self.cells if cell.kind == "code")


@dataclass
class Sheet:
    """One notebook: given cells and questions in order."""

    name: str
    blocks: list[Cell | Question] = field(default_factory=list)

    @property
    def questions(self) -> list[Question]:
        return [block for block in self.blocks if isinstance(block, Question)]


@dataclass
class Findings:
    """What could not be brought over, or only in part: one line each, for the instructor."""

    lines: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        self.lines.append(f"{where}: {what}")
