"""What checks look at, one case or all that was seen of an exercise, and what they answer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.model.fixture import Expected, Fixture, FixtureCase, Oracle, Rule
from grader.model.observation import Observation
from grader.model.report import Status


@dataclass(frozen=True)
class Shortfall:
    """Why one case does not pass."""

    status: Status
    message: str


def failed(message: str) -> Shortfall:
    return Shortfall(Status.FAILED, message)


@dataclass(frozen=True)
class Context:
    """One case, what the dialect's reference shows on it, and what was seen of the submission."""

    case: FixtureCase
    expected: Expected
    seen: Observation
    tolerance_factor: float
    device: str = "cpu"
    values: bool = True  # False: those that its criterion compares always, and the others' form
    rules: Mapping[str, Rule] = field(default_factory=dict)
    oracle: Oracle | None = None  # where draws are judged


@dataclass(frozen=True)
class Evidence:
    """What was seen of an exercise beside what is recorded, and the way of solving it that is judged by."""

    fixture: Fixture
    observations: Mapping[str, Observation]  # by case
    dialect: str
    device: str = "cpu"  # as torch names its type

    def context(self, case: FixtureCase, values: bool = True) -> Context | None:
        """What a check looks at in this case; None where it was not run, or not recorded for this dialect."""
        seen, expected, known = self.observations.get(case.name), case.dialects.get(self.dialect), self.fixture
        if seen is None or expected is None:
            return None
        return Context(case, expected, seen, known.tolerance_factor, self.device, values, known.rules, known.oracle)

    def contexts(self, cases: Iterable[str]) -> Iterator[Context]:
        """Of those of these cases that were run."""
        return filter(None, (self.context(self.fixture.case(name)) for name in cases))
