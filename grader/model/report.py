"""Verdicts on criteria, and the JSON report made of them, schema 1, which the README documents."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer

from grader.model.rubric import Strict


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"  # cannot be judged until the named criterion passes
    NOT_ATTEMPTED = "not_attempted"
    NEEDS_PERSON = "needs_person"
    GRADER_ERROR = "grader_error"  # our fault: never costs marks


@dataclass(frozen=True)
class Verdict:
    """What one criterion's check came to, in words a student can act on."""

    criterion: str
    status: Status
    message: str = ""  # what was got, wanted, where (case)
    hint: str = ""  # names the misconception, where it is known
    reproduce: str = ""  # a command that shows it again
    seconds: float = 0.0  # student's own computation that this criterion looked at


PENDING = frozenset({Status.NEEDS_PERSON, Status.GRADER_ERROR})
"""Statuses whose marks nobody has decided yet: they are neither earned nor lost until a person looks."""
LEFT_OUT = "not graded in this run (--only)"


def _writable(text: object) -> object:
    """A file name or message may hold bytes that are no text; show them as escapes instead of failing to write."""
    return text.encode("utf-8", "backslashreplace").decode() if isinstance(text, str) else text


def _rounded(digits: int) -> PlainSerializer:
    return PlainSerializer(lambda number: round(number, digits) + 0.0, return_type=float)  # + 0.0: never -0.0


Words = Annotated[str, BeforeValidator(_writable)]
Marks = Annotated[float, _rounded(6)]  # marks are shared out in millionths, see grader.scoring.marks
Duration = Annotated[float, _rounded(3)]  # seconds


class CriterionReport(Strict):
    id: str
    title: Words
    earned: Marks
    possible: Marks
    status: Status
    message: Words = ""
    hint: Words = ""
    exercise: str | None = None  # None for a person's item
    reproduce: Words = ""
    seconds: Duration = 0.0

    @property
    def pending(self) -> float:
        """Marks of this criterion that wait for a person."""
        return self.possible if self.status in PENDING else 0.0

    @property
    def left_out(self) -> bool:
        """Whether it stands for an exercise that was not asked for: its marks are pending, but wait for another run."""
        return self.message == LEFT_OUT and self.status is Status.NEEDS_PERSON


class PartReport(Strict):
    id: str
    title: Words
    earned: Marks
    possible: Marks
    bonus: bool = False  # its marks come on top of the assignment's
    criteria: tuple[CriterionReport, ...]

    @property
    def pending(self) -> float:
        """Marks of this part that wait for a person."""
        return round(sum(c.pending for c in self.criteria), 6)

    @property
    def decided(self) -> float:
        return round(sum(c.possible for c in self.criteria) - self.pending, 6)


class Seconds(Strict):
    total: Duration  # wall time of this submission, the sandbox's start included where it was waited for
    start: Duration  # waited for the sandbox to start
    student: Duration  # the submission's own computation


class CourseIdentity(Strict):
    """The course that marks were given by."""

    folder: Words
    digest: str  # SHA-256 of the files that decide on marks


class Report(Strict):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    assignment: str
    submission: Words
    course: CourseIdentity
    isolation: str
    device: str
    score: Marks
    possible: Marks  # every mark of the assignment, those that wait for a person included; bonus marks are not
    bonus: Marks = 0.0  # marks that can be earned on top of `possible`
    pending: Marks  # marks that wait for a person, bonus marks among them
    letters: tuple[str, ...] = ()  # grades that can still come out, best first; empty where the assignment has none
    parts: tuple[PartReport, ...]
    notes: tuple[Words, ...] = ()
    seconds: Seconds
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def decided(self) -> float:
        """Marks that were graded, earned or lost: all but those that wait for a person."""
        return round(self.possible + self.bonus - self.pending, 6)


class Refusal(Strict):
    """A submission among several that could not be graded."""

    submission: Words
    error: Words
    exit_status: int


class Reports(Strict):
    """What `--json` writes for several submissions."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    reports: tuple[Report, ...]
    refused: tuple[Refusal, ...] = ()
