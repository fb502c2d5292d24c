"""The JSON report, schema 1: what a graded submission earned, and why. Documented in the README."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from grader.model.verdict import Status

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


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class CriterionReport(Frozen):
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


class PartReport(Frozen):
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


class Seconds(Frozen):
    total: Duration  # wall time of this submission, the sandbox's start included where it was waited for
    start: Duration  # waited for the sandbox to start
    student: Duration  # the submission's own computation


class CourseIdentity(Frozen):
    """The course that marks were given by."""

    folder: Words
    digest: str  # SHA-256 of the files that decide on marks


class Report(Frozen):
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
    versions: dict[str, str] = {}

    @property
    def decided(self) -> float:
        """Marks that were graded, earned or lost: all but those that wait for a person."""
        return round(self.possible + self.bonus - self.pending, 6)


class Refusal(Frozen):
    """A submission among several that could not be graded."""

    submission: Words
    error: Words
    exit_status: int


class Reports(Frozen):
    """What `--json` writes for several submissions."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    reports: tuple[Report, ...]
    refused: tuple[Refusal, ...] = ()
