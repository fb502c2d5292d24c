"""What judging, diagnosis, calibration and audit ask of a criterion. Each family's models answer in their own way."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from grader.judge.context import Context, Evidence, Shortfall
from grader.judge.diagnosis import Compared, distance_from_right, nearest_mistake
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.rubric import Criterion

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class JudgedCriterion(Criterion):
    """A criterion of one kind. What its methods raise is our own fault and costs no marks.

    A new kind defines `check` as a Literal with its name, its own keys, and what is abstract here; with `compared` it
    takes part in diagnosis and calibration as they stand. It is known to rubrics when families.py lists it.
    """

    by_tolerance: ClassVar[bool] = False  # passes near the recorded values: calibration measures how near
    # What decides: the numbers that were sent, or their form and what else the student's process says of itself.
    rests_on: ClassVar[Literal["numbers", "claims"]] = "claims"
    shown_again: ClassVar[bool] = True  # by a student's own check, on the public cases
    course_module: ClassVar[str] = ""  # file beside the probe, or in the topic's folder, that the judge needs for it

    @abstractmethod
    def shortfall(self, context: Context) -> Shortfall | None:
        """What is wrong in one case; None where nothing is."""

    @abstractmethod
    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        """What it looks at and this case has not, as "tensor 'output'"; "" where all is there."""

    def compared(self, context: Context) -> Compared:
        """The recorded tensors and facts by which a known mistake is told from the right answer."""
        return Compared()

    def recognise(self, evidence: Evidence, cases: Sequence[str]) -> str | None:
        """The known mistake (chaff) that explains why it failed in these cases; None where none clearly does."""
        return nearest_mistake(evidence, cases, self.compared)

    def distance(self, context: Context) -> float:
        """How far from right, in units of the tolerance: 1 is just allowed, infinity is another form or fact."""
        return distance_from_right(context, self.compared(context))

    def can_tell(self, fixture: Fixture, case: FixtureCase) -> bool:
        """Whether this case tells right from wrong: a set for students may lack its key, or most of its oracle."""
        return True

    @property
    def draws(self) -> tuple[str, ...]:
        """Tensors whose values are chance, so that none are recorded."""
        return ()

    @property
    def course_functions(self) -> tuple[str, ...]:
        """What the course's module must define for it."""
        return ()


def matched(patterns: Sequence[str], names: Iterable[str]) -> list[str]:
    """The recorded names that a criterion's names and globs stand for, in recorded order."""
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def first_absent(kind: str, names: Iterable[str], recorded: Collection[str]) -> str:
    """The first of these names that is not recorded, as "tensor 'output'"; else ""."""
    return next((f"{kind} {name!r}" for name in names if name not in recorded), "")


def first_unmatched(kind: str, patterns: Sequence[str], recorded: Collection[str]) -> str:
    """The first of these names and globs that stands for nothing recorded, likewise."""
    return next((f"{kind} {pattern!r}" for pattern in patterns if not matched([pattern], recorded)), "")
