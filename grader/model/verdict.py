"""What was found about one criterion."""

from dataclasses import dataclass
from enum import StrEnum


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
