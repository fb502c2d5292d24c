"""Checks of written answers. A message says what was answered, never what is right: the key is not handed out.

Each of the recorded dialects holds one right answer under each key; any of them will do, for each key by itself. A set
without its key (the public one) holds None in place of answers: there, an answer that can be read passes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.judge.absence import Finding, failed, why_absent
from grader.judge.checks.answers.formulas import read_formula
from grader.judge.checks.answers.quantities import UnreadableError, read_quantity, same_quantity
from grader.judge.checks.answers.tables import read_table, read_word
from grader.judge.checks.facts import same_fact
from grader.judge.context import Sight
from grader.judge.quoting import printable, quote
from grader.model.fixture import FixtureCase
from grader.model.observation import Json, Observation, Outcome
from grader.model.rubric import Criterion
from grader.model.verdict import Status


@dataclass(frozen=True)
class _Kind:
    """How one kind of answer is read (raises UnreadableError), and when two of them are the same."""

    read: Callable[[Criterion, Any], Any]
    same: Callable[[Criterion, Any, Any], bool]
    describe: Callable[[Any, list[Any]], str] = lambda _seen, _wanted: ""


_KINDS: Mapping[str, _Kind] = {
    "number_matches": _Kind(
        lambda criterion, answer: read_quantity(answer, criterion.words),
        lambda criterion, seen, wanted: same_quantity(seen, wanted, criterion.tolerance),
    ),
    "formula_matches": _Kind(
        lambda criterion, answer: read_formula(answer, criterion.variables),
        lambda _, seen, wanted: bool(seen[0] * wanted[1] == wanted[0] * seen[1]),
    ),
    "table_matches": _Kind(
        lambda criterion, answer: read_table(answer, criterion.columns, criterion.words),
        lambda _, seen, wanted: seen.same_rows(wanted),
        lambda seen, wanted: seen.describe_difference(wanted),
    ),
    "choice_matches": _Kind(
        lambda criterion, answer: read_word(answer, criterion.words), lambda _, seen, wanted: bool(seen == wanted)
    ),
    "claim_holds": _Kind(lambda _, answer: answer, lambda _, seen, wanted: same_fact(seen, wanted)),
}


def answer_matches(criterion: Criterion, sight: Sight) -> Finding | None:
    """Every named answer can be read and equals a recorded one."""
    kind = _KINDS[criterion.check]
    for name in criterion.facts:
        answer = sight.seen.facts.get(name)
        if answer is None:
            return _missing(sight.seen, name)
        try:
            seen = kind.read(criterion, answer)
        except UnreadableError as problem:
            return failed(f"{name} {problem}; got {quote(answer)}")
        wanted = [kind.read(criterion, right) for right in recorded(sight.case, name)]
        if wanted and not any(kind.same(criterion, seen, right) for right in wanted):
            return failed(f"{name} {kind.describe(seen, wanted) or f'is {quote(answer)}, which is not right'}")
    return None


def claim_holds(criterion: Criterion, sight: Sight) -> Finding | None:
    """The course's own function finds nothing wrong with the named answers."""
    for name in criterion.facts:
        if name not in sight.seen.facts:
            return _missing(sight.seen, name)
    answers = {name: sight.seen.facts[name] for name in criterion.facts}
    try:
        problem = sight.claims[criterion.claim](answers, sight.case.inputs, sight.case.settings)
    except Exception as error:  # the course's code, on whatever a student wrote
        words = f"the course's claim {criterion.claim!r} failed: {type(error).__name__}: {printable(error)}"
        return Finding(Status.GRADER_ERROR, words)
    return failed(problem) if problem else None


def recorded(case: FixtureCase, name: str) -> list[Json]:
    """The right answers under one key; none where the set comes without its key."""
    return [expected.facts[name] for expected in case.dialects.values() if expected.facts.get(name) is not None]


def has_key(criterion: Criterion, case: FixtureCase) -> bool:
    """Whether right can be told from wrong here, not only readable from unreadable."""
    return criterion.check == "claim_holds" or any(recorded(case, name) for name in criterion.facts)


def recognise_answer(criterion: Criterion, case: FixtureCase, seen: Observation) -> str | None:
    """The known mistake (chaff) that has the same wrong answers; None where none has."""
    kind = _KINDS[criterion.check]

    def alike(first: Json, second: Json) -> bool:
        try:
            return kind.same(criterion, kind.read(criterion, first), kind.read(criterion, second))
        except UnreadableError:
            return False

    def shared(mistake: str) -> int:
        shown = case.mistakes[mistake].facts
        names = [name for name in criterion.facts if name in seen.facts and name in shown]
        wrong = [name for name in names if not any(alike(seen.facts[name], right) for right in recorded(case, name))]
        return sum(alike(seen.facts[name], shown[name]) for name in wrong)

    nearest = max(case.mistakes, key=shared, default=None)
    return nearest if nearest is not None and shared(nearest) else None


def _missing(seen: Observation, name: str) -> Finding:
    if seen.outcome is Outcome.COMPLETE:
        return Finding(Status.NOT_ATTEMPTED, f"not attempted: {name} is not answered")
    return why_absent(seen, name)
