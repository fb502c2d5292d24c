"""The check of facts: plain data that a probe records, equal or not."""

from collections.abc import Iterable
from typing import Literal

from grader.judge.checks.criterion import JudgedCriterion, Names, first_unmatched, matched
from grader.judge.comparison import describe_fact, same_fact
from grader.judge.context import Context, Shortfall, failed
from grader.judge.diagnosis import Compared
from grader.judge.wording import ending, why_absent
from grader.model.fixture import Expected, FixtureCase


class FactMatches(JudgedCriterion):
    """Every named fact equals the reference's exactly."""

    check: Literal["fact_matches"]
    facts: Names  # names or globs

    def shortfall(self, context: Context) -> Shortfall | None:
        return facts_shortfall(matched(self.facts, context.expected.facts), context)

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_unmatched("fact", self.facts, expected.facts)

    def compared(self, expected: Expected, factor: float) -> Compared:
        return Compared(facts=matched(self.facts, expected.facts))


def facts_shortfall(names: Iterable[str], context: Context) -> Shortfall | None:
    for name in names:
        wanted = context.expected.facts[name]
        if name not in context.seen.facts:
            return why_absent(context.seen, name)
        if not same_fact(context.seen.facts[name], wanted):
            return failed(f"{describe_fact(name, context.seen.facts[name], wanted)}{ending(context)}")
    return None
