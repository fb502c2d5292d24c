"""Checks of written answers. A message says what was answered, never what is right: the key is not handed out.

Each of the recorded dialects holds one right answer under each key; any of them will do, for each key by itself. A set
without its key (the public one) holds None in place of answers: there, an answer that can be read passes.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from grader.judge.checks.answers.formulas import read_formula
from grader.judge.checks.answers.written import Quantity, Table, read_quantity, read_table, read_word, same_quantity
from grader.judge.checks.criterion import JudgedCriterion, Names, first_absent
from grader.judge.comparison import same_fact
from grader.judge.context import Context, Evidence, Shortfall, failed
from grader.judge.quoting import printable, quote
from grader.judge.wording import why_absent
from grader.model.errors import UnreadableError
from grader.model.fixture import Expected, Fixture, FixtureCase
from grader.model.observation import Json, Observation, Outcome
from grader.model.report import Status

LONGEST_PROBLEM = 1000  # characters, in the words of a course's own function


class AnswerCriterion(JudgedCriterion):
    """How one kind of answer is read, and when two of them are the same."""

    shown_again = False  # students have no key to their answers
    rests_on = "numbers"  # what was handed in is itself compared
    facts: Names  # keys of the answers

    def read(self, answer: Any) -> Any:
        """What it says, in whatever words; raises UnreadableError."""
        return answer

    def same(self, seen: Any, wanted: Any) -> bool:
        return same_fact(seen, wanted)

    def describe(self, seen: Any, wanted: list[Any]) -> str:
        """What is wrong, where more can be said than that the answer is not right."""
        return ""

    def shortfall(self, context: Context) -> Shortfall | None:
        for name in self.facts:
            answer = context.seen.facts.get(name)
            if answer is None:
                return _why_unanswered(context.seen, name)
            try:
                seen = self.read(answer)
            except UnreadableError as problem:
                return failed(f"{name} {problem}; got {quote(answer)}")
            wanted = [self.read(right) for right in recorded(context.case, name)]
            if wanted and not any(self.same(seen, right) for right in wanted):
                return failed(f"{name} {self.describe(seen, wanted) or f'is {quote(answer)}, which is not right'}")
        return None

    def unrecorded(self, case: FixtureCase, expected: Expected) -> str:
        return first_absent("fact", self.facts, expected.facts)

    def can_tell(self, fixture: Fixture, case: FixtureCase) -> bool:
        return any(recorded(case, name) for name in self.facts)

    def recognise(self, evidence: Evidence, cases: Sequence[str]) -> str | None:
        """The known mistake that has the same wrong answers."""
        context = next(evidence.contexts(cases))  # a sheet's answers are the same in every case
        case, seen = context.case, context.seen.facts

        def shared(mistake: str) -> int:
            shown = case.mistakes[mistake].facts
            names = [name for name in self.facts if name in seen and name in shown]
            wrong = (n for n in names if not any(self._alike(seen[n], right) for right in recorded(case, n)))
            return sum(self._alike(seen[name], shown[name]) for name in wrong)

        nearest = max(case.mistakes, key=shared, default=None)
        return nearest if nearest is not None and shared(nearest) else None

    def _alike(self, first: Json, second: Json) -> bool:
        try:
            return self.same(self.read(first), self.read(second))
        except UnreadableError:
            return False


class NumberMatches(AnswerCriterion):
    """Numbers or sizes are equal: "3 × 3", "960 pixels"."""

    check: Literal["number_matches"]
    words: tuple[str, ...] = ()  # units, synonyms together: "pixels|pixel|px"
    tolerance: float = Field(default=0.0, ge=0)  # relative

    def read(self, answer: Any) -> Quantity:
        return read_quantity(answer, self.words)

    def same(self, seen: Quantity, wanted: Quantity) -> bool:
        return same_quantity(seen, wanted, self.tolerance)


class FormulaMatches(AnswerCriterion):
    """The formula equals the key for all values of its variables."""

    check: Literal["formula_matches"]
    variables: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]

    def read(self, answer: Any) -> tuple[Any, Any]:
        return read_formula(answer, self.variables)

    def same(self, seen: tuple[Any, Any], wanted: tuple[Any, Any]) -> bool:
        return bool(seen[0] * wanted[1] == wanted[0] * seen[1])


class TableMatches(AnswerCriterion):
    """The rows are those of the key, in any order."""

    check: Literal["table_matches"]
    columns: Names  # that are compared together, synonyms together: "filters|number"
    words: tuple[str, ...] = ()  # of cells, synonyms together

    def read(self, answer: Any) -> Table:
        return read_table(answer, self.columns, self.words)

    def same(self, seen: Table, wanted: Table) -> bool:
        return seen.same_rows(wanted)

    def describe(self, seen: Table, wanted: list[Table]) -> str:
        return seen.describe_difference(wanted)


class ChoiceMatches(AnswerCriterion):
    """The choice is the key's."""

    check: Literal["choice_matches"]
    words: Names  # all choices, synonyms together

    def read(self, answer: Any) -> str:
        return read_word(answer, self.words)


class ClaimHolds(AnswerCriterion):
    """The course's function finds nothing wrong with the named answers."""

    shown_again = True
    course_module = "claims.py"
    check: Literal["claim_holds"]
    claim: str = Field(min_length=1)  # a function of the exercise's claims.py

    def shortfall(self, context: Context) -> Shortfall | None:
        for name in self.facts:
            if name not in context.seen.facts:
                return _why_unanswered(context.seen, name)
        answers = {name: context.seen.facts[name] for name in self.facts}
        problem = context.rules[self.claim](answers, context.case.inputs, context.case.settings)
        return failed(printable(problem, LONGEST_PROBLEM)) if problem else None

    def can_tell(self, fixture: Fixture, case: FixtureCase) -> bool:
        return True

    @property
    def course_functions(self) -> tuple[str, ...]:
        return (self.claim,)


def recorded(case: FixtureCase, name: str) -> list[Json]:
    """The right answers under one key; none where the set comes without its key."""
    return [expected.facts[name] for expected in case.dialects.values() if expected.facts.get(name) is not None]


def _why_unanswered(seen: Observation, name: str) -> Shortfall:
    if seen.outcome is Outcome.COMPLETE:
        return Shortfall(Status.NOT_ATTEMPTED, f"not attempted: {name} is not answered")
    return why_absent(seen, name)
