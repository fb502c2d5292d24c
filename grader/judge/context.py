"""What a check looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.fixture import Claim, Expected, FixtureCase, Oracle
from grader.model.observation import Observation


@dataclass(frozen=True)
class Sight:
    """One case, what the dialect's reference shows on it, and what was seen of the submission."""

    case: FixtureCase
    expected: Expected
    seen: Observation
    k: float
    device: str = "cpu"
    claims: Mapping[str, Claim] = field(default_factory=dict)
    values: bool = True  # False: compare type, shape, dtype, device and finiteness alone
    oracle: Oracle | None = None  # where draws are judged
