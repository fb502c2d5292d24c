"""What handing in late costs, by an assignment's late policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.model.assignment import LatePolicy


@dataclass(frozen=True)
class Lateness:
    """What becomes of one late submission."""

    days: int  # days late, those that grace covers included
    grace_used: int  # days of grace
    marks_lost: float


def days_late(due: datetime, handed_in: datetime) -> int:
    """Days begun after `due`, weekends included; 0 where it was handed in by then. Both times know their zone."""
    return max(0, -((due - handed_in) // timedelta(days=1)))


def lateness(policy: LatePolicy, score: float, days: int, grace_left: int, ask_for_grace: bool = False) -> Lateness:
    """What `days` late cost a submission with this score, for a student who has `grace_left` days of grace left.

    Grace covers as many days as it can where the policy uses it by itself, or where the student asks for it. Each day
    more takes the policy's percentage of the score; never more than all of it.
    """
    uses_grace = policy.grace_is_automatic or ask_for_grace
    grace_used = min(days, grace_left) if uses_grace else 0
    percent = min(100.0, policy.percent_a_day * (days - grace_used))
    return Lateness(days, grace_used, round(score * percent / 100, 6))
