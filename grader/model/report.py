"""The JSON report, schema 1: what a graded submission earned, and why. Documented in the README."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from grader.model.verdict import Status


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CriterionReport(Frozen):
    id: str
    title: str
    earned: float
    possible: float
    status: Status
    message: str = ""
    hint: str = ""
    exercise: str | None = None  # None for a person's item
    reproduce: str = ""
    seconds: float = 0.0


class PartReport(Frozen):
    id: str
    title: str
    earned: float
    possible: float
    criteria: tuple[CriterionReport, ...]


class Seconds(Frozen):
    total: float  # wall time of this submission, the sandbox's start included where it was waited for
    start: float  # waited for the sandbox to start
    student: float  # the submission's own computation


class Report(Frozen):
    schema_: Literal[1] = 1  # written as "schema"
    assignment: str
    submission: str
    isolation: str
    device: str
    score: float
    possible: float
    pending: float  # marks that wait for a person
    parts: tuple[PartReport, ...]
    notes: tuple[str, ...] = ()
    seconds: Seconds
    versions: dict[str, str] = {}
