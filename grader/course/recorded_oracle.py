"""An oracle as data, for students: with which probability a call's first two symbols come, and no way to compute it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from grader.model.fixture import FixtureCase, Oracle
from grader.model.observation import Array, Json

REACH = 2
Facts = Mapping[str, Json]


@dataclass(frozen=True)
class Beginning:
    """Natural logarithms for one case: of the first symbol [symbols], of the second after each first one [V, V]."""

    first: Array
    second: Array


@dataclass(frozen=True)
class RecordedOracle:
    """The probabilities that a course's oracle gave, for each case, claimed facts that matter, and known mistake."""

    facts: tuple[Facts, ...]  # that make a difference; the last ones that hold decide
    mistakes: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]  # of symbols, by case
    beginnings: Mapping[tuple[str, int, str | None], Beginning]  # by case, position in `facts`, and mistake
    reach = REACH

    def log_probabilities(self, case: FixtureCase, facts: Facts, drawn: Array, mistake: str | None = None) -> Array:
        """As `Oracle`, of the first two symbols of each call alone."""
        matching = [number for number, known in enumerate(self.facts) if known.items() <= facts.items()]
        beginning = self.beginnings[case.name, matching[-1], mistake]
        first = np.broadcast_to(beginning.first, (len(drawn), len(beginning.first)))
        steps = [first, beginning.second[drawn[:, 0]]] if drawn.shape[1] > 1 else [first]
        return np.stack(steps, axis=1).astype(np.float64)

    def log_likelihoods(self, case: FixtureCase, facts: Facts, drawn: Array) -> dict[str | None, float]:
        """As `Oracle`, likewise."""
        begun = drawn[:, :REACH, np.newaxis]
        logs = {mistake: self.log_probabilities(case, facts, drawn, mistake) for mistake in (None, *self.mistakes)}
        return {mistake: float(np.take_along_axis(each, begun, axis=2).sum()) for mistake, each in logs.items()}

    def symbols(self, case: FixtureCase) -> tuple[str, ...]:
        return self.names[case.name]


def record_oracle(oracle: Oracle, cases: Sequence[FixtureCase], facts: tuple[Facts, ...]) -> RecordedOracle:
    """What `oracle` gives for these cases, under each of the `facts`; mistakes as exactly as telling them needs."""
    beginnings = {}
    names = {case.name: tuple(oracle.symbols(case)) for case in cases}
    for case in cases:
        count = len(names[case.name])
        after_each = np.stack([np.arange(count), np.zeros(count, dtype=np.int64)], axis=1)
        for (number, known), mistake in product(enumerate(facts), (None, *oracle.mistakes)):
            logs = oracle.log_probabilities(case, known, after_each, mistake)
            logs = logs.astype(np.float32 if mistake is None else np.float16)
            beginnings[case.name, number, mistake] = Beginning(logs[0, 0], logs[:, 1])
    return RecordedOracle(facts, tuple(oracle.mistakes), names, beginnings)
