"""What a check looks at."""

from dataclasses import dataclass

from grader.model.fixture import Expected, FixtureCase
from grader.model.observation import Observation


@dataclass(frozen=True)
class Sight:
    """One case, what the dialect's reference shows on it, and what was seen of the submission."""

    case: FixtureCase
    expected: Expected
    seen: Observation
    k: float
    device: str = "cpu"
    values: bool = True  # False: compare type, shape, dtype, device and finiteness alone
