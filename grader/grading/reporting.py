"""A judged run becomes a report: marks by the assignment's rubric, and notes on what a person should know."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.grading.choosing import Chosen
from grader.grading.prepared import Prepared, PreparedCourse, in_words
from grader.judge.verdicts import Judgement
from grader.model.assignment import AssignmentRubric
from grader.model.observation import Run
from grader.model.report import Report, Seconds
from grader.scoring.marks import dialect_notes, letters_possible, score_parts, total

NO_SHEET = "no answers.toml was handed in; the answer may stand in the report"


@dataclass(frozen=True)
class Judged:
    """A run with the result of each of its exercises, and what they were judged by."""

    run: Run
    prepared: PreparedCourse
    rubric: AssignmentRubric
    exercises: Mapping[str, Prepared]
    chosen: Chosen

    @property
    def judgements(self) -> dict[str, Judgement]:
        return {id_: result.judgement for id_, result in self.chosen.results.items()}


def report_on(judged: Judged, started: float, waited_s: float = 0) -> Report:
    """The report; `started` is a time of the monotonic clock, `waited_s` what was waited for the sandbox since."""
    run, rubric = judged.run, judged.rubric
    given = {id_: prepared.exercise for id_, prepared in judged.exercises.items()}
    exercises = {id_: given.get(id_) or judged.prepared.course.exercise(id_) for id_ in rubric.exercises}
    results = judged.chosen.results.items()
    # written answers that no file holds may stand in a report, which a person reads
    unwritten = {id_: NO_SHEET for id_, r in results if exercises[id_].written and r.definition is None}
    parts = score_parts(rubric, exercises, judged.judgements, {**judged.chosen.unobserved, **unwritten})
    sums = total(parts)
    return Report(
        assignment=run.assignment,
        submission=run.submission,
        course=judged.prepared.identity,
        isolation=run.isolation,
        device=run.device,
        **sums._asdict(),
        letters=letters_possible(rubric, sums.score, sums.pending),
        parts=parts,
        notes=tuple(dict.fromkeys(_notes(judged))),
        seconds=Seconds(total=time.monotonic() - started, start=waited_s, student=run.student_s),
        versions=dict(run.versions),
    )


def _notes(judged: Judged) -> Iterator[str]:
    yield from judged.run.notes
    for result in judged.chosen.results.values():
        yield from result.notes
    exercises = {id_: prepared.exercise for id_, prepared in judged.exercises.items()}
    yield from dialect_notes(judged.rubric, exercises, judged.judgements)
    for id_, prepared in judged.exercises.items():
        if prepared.stale:
            yield f"{id_}: marked by stale fixtures: {in_words(prepared.stale)} since they were recorded (--stale-ok)"
    for id_, why in judged.chosen.unobserved.items():
        yield f"{id_}: must run again: {why}"
    if judged.run.weakness:
        yield f"isolation: {judged.run.weakness}"
    hidden = judged.exercises.values() if judged.run.which == "hidden" else ()
    if any(prepared.fixture.seed_is_published for prepared in hidden):
        yield "hidden cases come from the published seed: rebuild them with a secret one before grading a class"
