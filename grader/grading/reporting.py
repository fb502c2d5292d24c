"""A judged run becomes a report: marks by the assignment's rubric, and notes on what a person should know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.course.fixtures import course_digest
from grader.course.folder import Course
from grader.grading.choosing import Chosen
from grader.grading.prepared import Prepared, in_words
from grader.model.assignment import AssignmentRubric
from grader.model.observation import Run
from grader.model.report import CourseIdentity, Report, Seconds
from grader.scoring.marks import dialect_notes, letters_possible, score_parts, total

NO_SHEET = "no answers.toml was handed in; the answer may stand in the report"


@dataclass(frozen=True)
class Judged:
    """A run with the result of each of its exercises, and what they were judged by."""

    run: Run
    course: Course
    identity: CourseIdentity
    rubric: AssignmentRubric
    exercises: Mapping[str, Prepared]
    chosen: Chosen


def report_on(judged: Judged, seconds: Seconds) -> Report:
    """The report; `seconds` are what it took."""
    run, rubric = judged.run, judged.rubric
    given = {id_: prepared.exercise for id_, prepared in judged.exercises.items()}
    exercises = {id_: given.get(id_) or judged.course.exercise(id_) for id_ in rubric.exercises}
    judgements = {id_: result.judgement for id_, result in judged.chosen.results.items()}
    parts = score_parts(rubric, exercises, judgements, {**judged.chosen.unobserved, **_answers_unseen(judged)})
    sums = total(parts)
    return Report(
        assignment=run.assignment,
        submission=run.submission,
        course=judged.identity,
        isolation=run.isolation,
        device=run.device,
        **sums._asdict(),
        letters=letters_possible(rubric, sums.score, sums.pending),
        parts=parts,
        notes=tuple(dict.fromkeys(_notes(judged))),
        seconds=seconds,
        versions=dict(run.versions),
    )


def identity(course: Course) -> CourseIdentity:
    """Where the course lies and what its files were: whoever defends a mark can show what it was given by."""
    return CourseIdentity(folder=str(course.root), digest=course_digest(course))


def _answers_unseen(judged: Judged) -> dict[str, str]:
    """Exercises with written answers, where no file holds any: they may stand in a report, which a person reads."""
    results = judged.chosen.results.items()
    return {id_: NO_SHEET for id_, r in results if judged.exercises[id_].exercise.written and r.definition is None}


def _notes(judged: Judged) -> Iterator[str]:
    yield from judged.run.notes
    for result in judged.chosen.results.values():
        yield from result.notes
    judgements = {id_: result.judgement for id_, result in judged.chosen.results.items()}
    exercises = {id_: prepared.exercise for id_, prepared in judged.exercises.items()}
    yield from dialect_notes(judged.rubric, exercises, judgements)
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
