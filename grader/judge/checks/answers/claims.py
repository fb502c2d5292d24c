"""The check of answers that are judged by what they bring about: the course's own function says what is wrong."""

from typing import Literal

from pydantic import Field

from grader.judge.absence import Shortfall, failed
from grader.judge.checks.answers.answers import AnswerCriterion, why_unanswered
from grader.judge.context import Context
from grader.judge.facts import same_fact
from grader.model.fixture import FixtureCase
from grader.model.observation import Json


class ClaimHolds(AnswerCriterion):
    """The course's function finds nothing wrong with the named answers."""

    shown_again = True
    course_module = "claims.py"
    check: Literal["claim_holds"]
    claim: str = Field(min_length=1)  # a function of the exercise's claims.py

    def shortfall(self, context: Context) -> Shortfall | None:
        for name in self.facts:
            if name not in context.seen.facts:
                return why_unanswered(context.seen, name)
        answers = {name: context.seen.facts[name] for name in self.facts}
        problem = context.rules[self.claim](answers, context.case.inputs, context.case.settings)
        return failed(str(problem)) if problem else None

    def read(self, answer: Json) -> Json:
        return answer

    def same(self, seen: Json, wanted: Json) -> bool:
        return same_fact(seen, wanted)

    def can_tell(self, case: FixtureCase) -> bool:
        return True

    @property
    def course_functions(self) -> tuple[str, ...]:
        return (self.claim,)
