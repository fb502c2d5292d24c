"""Which of a submission's definitions counts: each is observed only when it is asked for, and judged.

The likeliest one counts, the last of a notebook's; one that was left as it was handed out, or that cannot be read, is
passed over. Were the best one to count, guesses would be free: what another one would earn more waits for a person.
An exercise that builds on others is tried with correct stand-ins in their place too, unless those are sound: a fault
is charged once.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

from grader.grading.candidates import MOST_DEFINITIONS
from grader.grading.prepared import Prepared
from grader.judge.verdicts import Judgement, judge_exercise
from grader.model.errors import CourseError, MustRunAgainError
from grader.model.observation import Attempt, Definition, Observations, Outcome
from grader.model.report import Status

Progress = Callable[[str], None]
UNREADABLE = ("SyntaxError", "IndentationError", "TabError")


class Observer(Protocol):
    """Shows what a definition does under an exercise's probe: by running it, or from a kept run."""

    @property
    def device(self) -> str:
        """Where the observed code computed: "cpu" or "cuda"."""

    def observe(self, exercise: str, definition: Definition, given: bool) -> Observations:
        """One observation of every case, whatever the submission does; may raise MustRunAgainError."""


@dataclass(frozen=True)
class Result:
    """How an exercise was judged, and by which attempt."""

    judgement: Judgement
    definition: Definition | None = None  # None where the submission has none
    given: bool = False
    notes: tuple[str, ...] = ()
    broke_off: bool = False  # a case crashed or ran out of time
    unreadable: bool = False  # it stands where the code cannot be parsed

    @property
    def all_passed(self) -> bool:
        return all(verdict.status is Status.PASSED for verdict in self.judgement.verdicts)

    @property
    def not_attempted(self) -> bool:
        return all(verdict.status is Status.NOT_ATTEMPTED for verdict in self.judgement.verdicts)


@dataclass(frozen=True)
class Chosen:
    """One result for each exercise that could be judged, why the others must run again, and all that was observed."""

    results: Mapping[str, Result]
    unobserved: Mapping[str, str]
    attempts: tuple[Attempt, ...]


def choose(
    exercises: Mapping[str, Prepared],
    definitions: Mapping[str, Sequence[Definition]],
    observer: Observer,
    progress: Progress = lambda _: None,
) -> Chosen:
    """Observe and judge until each exercise has its result. Raises CourseError where exercises build in a circle."""
    choice = _Choice(exercises, definitions, observer)
    choice.try_each_once(progress)
    for id_ in in_order(exercises):
        choice.settle(id_)
    return Chosen(choice.results, choice.unobserved, tuple(choice.attempts))


def in_order(exercises: Mapping[str, Prepared]) -> list[str]:
    """The exercises' ids, what others build on first; raises CourseError where they build in a circle."""
    graph = {id_: [b for b in prepared.rubric.builds_on if b in exercises] for id_, prepared in exercises.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise CourseError(f"rubrics: builds_on goes in a circle ({circle}); take one of them out") from None


@dataclass
class _Choice:
    exercises: Mapping[str, Prepared]
    definitions: Mapping[str, Sequence[Definition]]
    observer: Observer
    results: dict[str, Result] = field(default_factory=dict)
    unobserved: dict[str, str] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)

    def try_each_once(self, progress: Progress) -> None:
        """Each exercise's likeliest definition, judged while the next ones compute."""
        judged: dict[str, Future[Result]] = {}
        with ThreadPoolExecutor(1) as judge:
            for id_, prepared in self.exercises.items():
                progress(prepared.rubric.title)
                definition = next(iter(self.definitions[id_]), None)
                try:
                    seen = self._observe(id_, definition, given=False)
                    judged[id_] = judge.submit(self._judge, id_, definition, seen)
                except MustRunAgainError as why:
                    self.unobserved[id_] = str(why)
        self.results = {id_: result.result() for id_, result in judged.items()}

    def settle(self, id_: str) -> None:
        """Try what else there is, where the first attempt leaves something to be earned."""
        if id_ not in self.results:
            return
        try:
            self.results[id_] = self._best(id_)
        except MustRunAgainError as why:
            del self.results[id_]
            self.unobserved[id_] = str(why)

    def _best(self, id_: str) -> Result:
        prepared, definitions = self.exercises[id_], self.definitions[id_]
        counted: Result | None = None
        others: list[Result] = []
        for definition in definitions[:MOST_DEFINITIONS]:
            result = self._with_what_helps(id_, definition)
            if counted is not None:
                others.append(result)
            elif not (result.not_attempted or result.unreadable):
                counted = result
                if result.all_passed or prepared.exercise.written:
                    break
        best = counted or self.results[id_]
        other = max(others, default=best, key=lambda result: _worth(prepared, result))
        if _worth(prepared, other) > _worth(prepared, best):
            best = _waiting(best, other)
        return _with_notes(best, *_note_choice(definitions, best.definition))

    def _with_what_helps(self, id_: str, definition: Definition) -> Result:
        """The attempt at a definition: as it is, or with correct stand-ins where these earn more."""
        first, prepared = self.results[id_], self.exercises[id_]
        result = first if definition == first.definition else self._attempt(id_, definition, given=False)
        if result.all_passed or self._is_sound(id_) or result.broke_off or result.not_attempted:
            return result
        title, bases = prepared.rubric.title, prepared.base_names
        if prepared.probe.has_stand_ins:
            note = f"marked with a correct {', '.join(bases)} in place of yours, whose faults count once"
            given = _with_notes(self._attempt(id_, definition, given=True), f"{title}: {note}")
            return max(result, given, key=lambda result: _worth(prepared, result))
        if bases:
            note = f"it builds on {' and '.join(bases)}, and a fault there shows here too; check that first"
            return _with_notes(result, f"{title}: {note}")
        return result

    def _is_sound(self, id_: str) -> bool:
        """Whether all that the exercise builds on, and what that builds on, passes as it was handed in."""

        def passes(base: str) -> bool:
            result = self.results.get(base)
            return result is not None and result.all_passed and not result.given and self._is_sound(base)

        return all(map(passes, self.exercises[id_].rubric.builds_on))

    def _attempt(self, id_: str, definition: Definition, given: bool) -> Result:
        return self._judge(id_, definition, self._observe(id_, definition, given), given)

    def _observe(self, id_: str, definition: Definition | None, given: bool) -> Observations:
        if definition is None:
            rubric = self.exercises[id_].rubric
            return self.exercises[id_].nothing_found(f"no file defines {' or '.join((rubric.entry, *rubric.aliases))}")
        seen = self.observer.observe(id_, definition, given)
        self.attempts.append(Attempt(id_, definition, given, seen))
        return seen

    def _judge(self, id_: str, definition: Definition | None, seen: Observations, given: bool = False) -> Result:
        prepared = self.exercises[id_]
        judgement = judge_exercise(prepared.rubric, prepared.fixture, seen, self.observer.device)
        broke_off = any(o.outcome in (Outcome.CRASHED, Outcome.TIMED_OUT) for o in seen.values())
        unreadable = all(o.error is not None and o.error.type in UNREADABLE for o in seen.values())
        return Result(judgement, definition, given, judgement.notes, broke_off, unreadable)


def _with_notes(result: Result, *notes: str) -> Result:
    return replace(result, notes=(*result.notes, *notes))


def _worth(prepared: Prepared, result: Result) -> tuple[float, float, bool]:
    """Weight of the criteria that lose nothing, as far as we can tell; of those of them that no person must see."""

    def weight(*statuses: Status) -> float:
        kept = {verdict.criterion for verdict in result.judgement.verdicts if verdict.status in statuses}
        return sum(criterion.weight for criterion in prepared.rubric.criteria if criterion.id in kept)

    decided = weight(Status.PASSED, Status.GRADER_ERROR)
    return decided + weight(Status.NEEDS_PERSON), decided, not result.not_attempted


def _waiting(counted: Result, other: Result) -> Result:
    """What is lost by the definition that counts, and would not be by the other one, waits for a person."""
    kept = {verdict.criterion for verdict in other.judgement.verdicts if verdict.status is Status.PASSED}
    assert other.definition is not None
    why = f"{other.definition.name} in {other.definition.source} would pass, but it is not the one that counts"
    verdicts = tuple(
        replace(verdict, status=Status.NEEDS_PERSON, message=f"{why}: {verdict.message}", hint="")
        if verdict.criterion in kept and verdict.status not in (Status.PASSED, Status.GRADER_ERROR)
        else verdict
        for verdict in counted.judgement.verdicts
    )
    return replace(counted, judgement=replace(counted.judgement, verdicts=verdicts))


def _note_choice(definitions: Sequence[Definition], chosen: Definition | None) -> tuple[str, ...]:
    """A line for the report where there was a choice."""
    if chosen is None or len(definitions) < 2:
        return ()
    others = ", ".join(f"{d.name} in {d.source}" for d in definitions if d != chosen)
    return (f"{chosen.name} was taken from {chosen.source}; also defined: {others}",)
